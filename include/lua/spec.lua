---@meta
-- What a spec has and a flow has not: visitor, the spec's clock, Zoho's simulator,
-- other hosts, settings, and assertions about a talk. Only in spec/, for `usher test`; web.answers
-- also in the file of `usher chat --web FILE`. spec/README.md leads through it.

-- ---- who comes ----

---@class visitor
visitor = {}

---@class visitor.Options false leaves something out: { email = false }
---@field name? string|false
---@field email? string|false
---@field phone? string|false
---@field zone? string|false "Asia/Kolkata"
---@field country? string|false
---@field language? string|false
---@field city? string|false
---@field channel? string "WhatsApp"
---@field id? string of the conversation
---@field preview? boolean from the preview in SalesIQ
---@field bare? boolean a body with the least that is allowed

---A visitor who has said nothing yet; without options Asha Rao, in India.
---@param options? visitor.Options
---@return Talk talk
function visitor.arrives(options) end

---The flow has just begun: by its button, its first trigger or its event.
---@param flow string
---@param options? visitor.Options
---@return Talk talk
function visitor.enters(flow, options) end

---In the middle of a talk: texts, { clicks = "Yes" }, { sends_file = "photo.jpg" }, { waits = 60 },
---{ visits = true }, in order;
---`enters = "callback"` and what visitor.arrives takes may stand beside them.
---@param steps table
---@return Talk talk
function visitor.after(steps) end

-- ---- the talk ----

---@class Talk
---@field new string[] the texts of the last answer
---@field seconds number how long the last answer took
---@field answer string the last answer as JSON
---@field key string of the conversation: "siq:..."
local Talk = {}

---@param text string
---@param extra? table { payload = "..." }
---@return Talk talk
function Talk:says(text, extra) end

---@param which string|integer a button's label, with or without its emoji, or its number
---@param extra? table
---@return Talk talk
function Talk:clicks(which, extra) end

---A file, with or without a text; or several: { "a.jpg", { name = "b.ogg", type = "audio" } }.
---@param file string|table "photo.jpg"
---@param extra? table { text = "look", type = "image" }
---@return Talk talk
function Talk:sends_file(file, extra) end

---Comes to the page, and says nothing.
---@return Talk talk
function Talk:visits() end

---SalesIQ could not do what the bot asked for.
---@param cause string "operators_not_available"
---@return Talk talk
function Talk:fails(cause) end

---A whole body of the webhook, for what the other ways cannot say.
---@param body table
---@return Talk talk
function Talk:sends(body) end

---Time goes by; tasks and late answers happen.
---@param seconds number
---@return Talk talk
function Talk:wait(seconds) end

---A text: is among the new replies; `...` in it stands for anything. A list: these are all.
---@param expected string|string[]
---@return Talk talk
function Talk:sees(expected) end

---@param unwanted string
---@return Talk talk
function Talk:sees_not(unwanted) end

---@param pattern string a Lua pattern that one of the new replies matches
---@return Talk talk
function Talk:matches(pattern) end

---@param labels string[] all of them, in this order; emoji may be left out, `...` is anything
---@return Talk talk
function Talk:sees_buttons(labels) end

---The whole talk so far, as failures show it.
---@return string text
function Talk:dialogue() end

---Fails the case with a message of your own, and the talk below it.
---@param message string
function Talk:complain(message) end

-- ---- time ----

---It is that time now; UTC without a zone. A case begins on Monday, 2 March 2026, 10:00 in India.
---@param time string "2026-03-03 10:00"
---@param zone? string "Asia/Kolkata"
function clock.at(time, zone) end

---Time goes by, and what is due happens.
---@param seconds number
function clock.moves(seconds) end

-- ---- Zoho, which is the simulator ----

---@class zoho.Fault engine/simulator/README.md lists kinds
---@field kind string "timeout", "status", "rate_limited", ...
---@field times? integer so often; else until zoho.works()
---@field status? integer
---@field written? boolean it is carried out first

---@param operation string "desk.create_call", "desk.*", "*"
---@param fault? zoho.Fault
function zoho.fails(operation, fault) end

---@param operation? string nil: all is well again
function zoho.works(operation) end

---@param operation string
---@param seconds number
function zoho.slow(operation, seconds) end

---@param switches table { operators_available = false }
function zoho.switch(switches) end

---@param what table { credential = "default", expire = "access" }
---@return any answer
function zoho.token(what) end

---A contact that was always there.
---@param fields table { lastName = "Rao", email = "asha@example.com" }
---@return table contact
function zoho.contact(fields) end

---@class zoho.Records
---@field calls table[]
---@field contacts table[]
---@field tickets table[]
---@field conversations table[]
---@field messages table[]

---@return zoho.Records records what stands in Zoho
function zoho.records() end

---@return table[] requests what was asked, in order
function zoho.requests() end

-- ---- other hosts ----

---@class web
web = {}

---@class web.Answer
---@field status? integer 200
---@field json? any the body, as JSON
---@field body? string or as text
---@field type? string its content type
---@field delay? number seconds
---@field times? integer so often, then it is forgotten
---@field hang? boolean never answers
---@field drop? boolean closes the connection without an answer

---@class web.Request
---@field method string
---@field url string
---@field body string

---The newest one whose URL the request's begins with is taken; without one there is no network.
---@param what string "GET https://shop.example.com/orders/7"
---@param answer web.Answer|fun(request: web.Request): web.Answer?
function web.answers(what, answer) end

---@return web.Request[] requests what was asked, in order
function web.requests() end

-- ---- settings ----

---Before the first visitor of a case: { BUSINESS_HOURS = "Mon-Fri 09:00-18:00" }
---@param values table<string, string|number|boolean>
function settings(values) end

-- ---- what came of it ----

---These tasks and no others; arguments that are not named may be anything.
---@param talk Talk
---@param tasks table[] { { "book_callback", phone = "+911234567890" } }
function assert.tasks(talk, tasks) end

---So many calls stand in Desk.
---@param count integer
function assert.calls(count) end

---It reached a person, or the flow that init.lua names person.
---@param talk Talk
function assert.handed_over(talk) end

---@param talk Talk
function assert.forwarded(talk) end

---The chat is closed, by chat:finish. A flow that merely ended leaves it open.
---@param talk Talk
function assert.ended(talk) end

---A flow raised, and that was meant.
---@param talk Talk
function assert.apology(talk) end
