---@meta
-- What a flow gets: return function(chat) ... end, with ---@param chat Chat above it. Everything
-- here is journaled: after a restart the flow is run again and gets the same answers.

---@class Chat
---@field message Chat.Message the message that the flow is at
---@field visitor Chat.Visitor who writes
---@field memory table kept for the conversation: plain data, at most 32 KiB
local Chat = {}

---@class Chat.Visitor what SalesIQ tells, each only where it is known
---@field name? string
---@field email? string
---@field phone? string
---@field id? string
---@field time_zone? string
---@field country? string
---@field country_code? string
---@field current_page_url? string
---@field current_page_title? string
---@field [string] string|number|boolean|nil

---@class Chat.Place where the visitor is thought to be
---@field zone string "Asia/Kolkata"
---@field region? string "IN"

---@class Chat.Message
---@field kind "message"|"trigger"|"context"|"failure"
---@field text string "" where nothing was said; at most 10,000 characters; no names of files
---@field at number when it came, Unix seconds
---@field visitor Chat.Visitor
---@field place Chat.Place
---@field payload? string of the button that was clicked
---@field preview? boolean it comes from the preview in SalesIQ
---@field answers? table of a form that SalesIQ itself has asked, by the names of its questions; flows
---ask none, so that it is there only where another bot of yours began the chat
---@field files? Chat.File[] what was sent beside the text, also a place or a voice message
---@field attachments? table[] the same as SalesIQ has it
---@field meta? table what came with the message: of a slot card meta.card_data.value.slot, "dd/mm/yyyy
---hh:mm"; not every channel has it, so read the text, too
---@field cause? table why a failure came: code and desc
---@field forwarded? boolean of a failure: what failed was the forward that the bot answered last

---@class Chat.File
---@field type "file"|"image"|"video"|"audio"|"sticker"|"location"|"contact"
---@field name? string
---@field url? string

---@class Chat.Context what a finder may need to understand a text
---@field now number Unix seconds
---@field zone string
---@field region? string
---@field hours? table
---@field asked string the name of the one thing that is still missing, or "both"
---@field previous? any what the same finder found before

---Looks for something in a text: the value (or { value = ... }), or nil and why not; the message is
---shown to the visitor, but where several things are asked for by name not if its kind is "none".
---@alias Chat.Finder fun(text: string, context: Chat.Context, message: Chat.Message): any, Chat.Why?

---@class Chat.Why
---@field kind string "none": there was nothing of the kind in the text
---@field message? string

---A flow's name (its button in init.lua), a label, or { label, value }.
---@alias Chat.Button string|string[]

---@class Chat.Reply
---@field [integer] string texts, each a message of its own
---@field buttons? Chat.Button[]
---@field card? Chat.Card shown as a message of its own
---@field input? Chat.Input how the visitor answers; SalesIQ then shows no buttons

---What a visitor answers with, on the web; the answer comes as message.text. flows/README.md, "Cards",
---has what each type needs.
---@class Chat.Input
---@field type "select"|"multiple-select"|"drop-down"|"slider"|"range-slider"|"name"|"email"|"tel"|"url"|"file-upload"|"location"|"timeslots"|"date-timeslots"|"calendar"|"range-calendar"|"star-rating"|"happiness-rating"|"like"
---@field options? string[]|table[] select, multiple-select: texts; drop-down: { value =, label =, selected = }
---@field values? string[] slider, range-slider: at most 10 of 10 characters
---@field placeholder? string name, email, tel need it; drop-down, url, file-upload may have it
---@field value? string name, email, tel, url: what stands there already
---@field error? string[] what SalesIQ says to an answer that is no address or number
---@field country_code? string tel: "+91"
---@field label? string timeslots, date-timeslots, location, calendars
---@field select_label? string of the button, at most 20 characters
---@field date? string timeslots: "25/03/2026"
---@field slots? string[]|table<string, string[]> timeslots: { "09:00" }; date-timeslots: by day
---@field time_zone_id? string timeslots, date-timeslots: "Asia/Kolkata"
---@field tz? boolean the visitor may choose the zone
---@field time? boolean calendars: ask for a time, too
---@field from? string calendars: days from today, "+1"
---@field to? string
---@field time_format? string calendars
---@field level? string|integer star-rating: 3 to 10; happiness-rating: 3 or 5
---@field set_conversation_rating? boolean ratings: it counts as the rating of the chat
---@field multiple? boolean drop-down
---@field min_selection? string|integer drop-down, multiple-select
---@field max_selection? string|integer
---@field lat? string location
---@field lng? string
---@field radius? string location: "2 kms"

---@class Chat.Card
---@field type? "links"|"file"|"suggestions"|"articles" none: a text with a picture or with actions
---@field text? string all but product cards need it, and these, too
---@field image? string its address
---@field image_position? "fit"|"fill"
---@field links? table[] links: { url =, text =, icon = }
---@field url? string file: its address
---@field headers? table file
---@field phrases? table[] suggestions: { text = }
---@field articles? table[]
---@field actions? table[] { type = "url", label =, name =, link = } or { type = "client_action", label =, name =, clientaction_name = }
---@field title? string of a product
---@field subtitle? string
---@field elements? table[] of products: { id =, image =, title =, subtitle =, actions = }
---@field delay_config? table { enabled = true, time = 5, type = "all", info_messages = { "..." } }
---@field field_name? string where SalesIQ keeps the next answer: "siq_email"
---@field validate? table { format = "email", error = { "..." } }

---@class Chat.Question: Chat.Reply
---@field [1] string the question
---@field find? Chat.Finder the one thing that is asked for
---@field tries? integer after so many answers that were not understood: nil; else 3
---@field again? string|fun(): string what is said after an answer that was not understood
---@field prompts? table<string, string> what is asked while only this is missing
---@field keep? table<string, any> what is known already
---@field example? string
---@field [string] Chat.Finder|any each other name: what is asked for

---@class Chat.Choice
---@field [1] string the question
---@field [integer] string then the labels of the buttons
---@field tries? integer after so many answers that were not understood: nil; else 3
---@field again? string|fun(): string what is said after an answer that was not understood
---@field find? Chat.Finder what else counts as a choice

---@class Chat.Confirmation
---@field [1] string the question
---@field yes? string label, else "Yes"
---@field no? string label, else "No"
---@field tries? integer after so many answers that were not understood: nil; else 3
---@field again? string|fun(): string what is said after an answer that was not understood
---@field find? fun(text: string): boolean|"yes"|"no"|nil

---@class Chat.Forward
---@field [integer] string texts to say before
---@field department? string|integer
---@field operators? table

---@class Chat.Line
---@field who "visitor"|"bot"
---@field text string

---Says something: chat:say "text", chat:say("%s at %s", a, b), or a table. With values behind it the
---sign % is written %%. A value that is missing or no text (nil, a table, a boolean) raises in specs
---and `usher chat`; in service the text is said without it, and the log names the line.
---@param reply string|Chat.Reply
---@param ... string|number what the text's %s stand for
function Chat:say(reply, ...) end

---Asks, and returns when the visitor has answered, be it days later. With finders by name a table
---of what they found; with `find` its value; else the text. nil after `tries`. A file without a word
---is no try: the question is asked again, unless a finder takes message.files.
---@param question string|Chat.Question
---@return any found
---@return any results what the finders gave
function Chat:ask(question) end

---Offers buttons; a click, the label, or its number chooses.
---@param choice Chat.Choice
---@return string? label nil after `tries`
function Chat:choose(choice) end

---Asks for yes or no. Answers are read by parse/yes_no.lua: what is no clear yes or no ("yes but
---only tomorrow", a question, a name) is asked again.
---@param question string|Chat.Confirmation
---@return boolean? answer nil after `tries`
function Chat:confirm(question) end

---Hands the running chat to people in SalesIQ. Ends the flow: nothing behind it runs.
---@param reply? string|Chat.Forward
function Chat:forward(reply) end

---Ends the chat. Nothing behind it runs.
---@param text? string said before
function Chat:finish(text) end

---Leaves for the flow that init.lua names as the way to a person. Nothing behind it runs.
function Chat:hand_over() end

---Goes on with another flow. Nothing behind it runs.
---@param flow string
function Chat:continue(flow) end

---Starts work that must get done: it is kept with this turn and tried until it succeeds. Those of
---one name that one conversation starts are done in their order, each when the one before has ended.
---@param name string one of init.lua's tasks
---@param arguments? any plain data: task.args
---@return Chat.Task task
function Chat:task(name, arguments) end

---A task that was begun before, in this flow or another one, by its id: to see what became of it.
---@param id string of the task that chat:task gave
---@return Chat.Task task
function Chat:begun(id) end

---What was said so far, the oldest first. Files are lines of the visitor: "[file: photo.jpg]".
---@return Chat.Line[] lines
function Chat:transcript() end

---@class Chat.Task
---@field id string the task's reference
---@field name string
local Task = {}

---@class Chat.Task.Result
---@field done boolean
---@field value? any what the task's function returned, once it is done; nil where it returned nothing
---@field waiting? "person" it cannot be done before somebody has acted (a dead credential, a field
---that Zoho demands, ...): promise the visitor nothing; nil: it is tried again by itself

---Gives the task a moment.
---@param seconds? number 3 when missing
---@return Chat.Task.Result result
function Task:wait(seconds) end

---What the function of a task gets: return function(task) ... end. It returns its result, or nil
---and an error: then it is tried again later, for seven days. Where the error has retry_after, a
---number of seconds (up to a day), it is not tried before that.
---@class Task
---@field args any what chat:task was given
---@field reference string a mark to put into records, so that they can be found again
---@field tries integer tries before this one; a write that holds it is another one in each try
---@field at number when this try began, Unix seconds; a write that holds it stays the same one
