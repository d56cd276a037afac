---@meta
-- HTTP. Only the flow waits, never the bot. A turn's calls share 3.5 seconds, after which they
-- return an error of kind "deadline"; a task has longer.

---@class http
http = {}

---@class http.Options
---@field query? table<string, string|number|boolean|table> behind the URL
---@field headers? table<string, string|number|usher.Secret> a secret of config is taken here only
---@field json? table a body as JSON
---@field form? table<string, string|number|boolean|table> a body as a form
---@field timeout? number seconds, at most 300; else 10, in a task 30
---@field follow? boolean|integer redirects to follow: true is 5; none by themselves
---@field read? boolean true: a POST that changes nothing (a search, a language model)

---@class http.Request: http.Options
---@field url string
---@field method? string GET; POST where there is a body
---@field body? string

---@class http.Response
---@field status integer also 404 or 500: an answer is no error
---@field body? string at most 255 KiB; missing where it would not fit beside its json
---@field json? any the body decoded, where the answer says that it is JSON; null is missing
---@field headers table<string, string> by names in lower case: content-disposition,
---content-language, content-type, etag, last-modified, link, location, retry-after,
---x-ratelimit-limit, x-ratelimit-remaining, x-ratelimit-reset, x-request-id, x-total-count
---@field too_large? boolean true: a write was answered, but with more than can be kept

---Asks. An effect.
---@param url string
---@param options? http.Options
---@return http.Response? answer nil: there was none, see the error
---@return usher.Error? err
function http.get(url, options) end

---Sends a text, or a table as JSON. An outside write unless read = true: it is done once, whatever
---replays. What was answered with 4xx counts as not done and may be done again; 5xx as unclear: a
---task's next try gets the same answer, until a person says that it was not done.
---@param url string
---@param body? string|table
---@param options? http.Options
---@return http.Response? answer nil: there was none, see the error
---@return usher.Error? err
function http.post(url, body, options) end

---@class http.ServedRequest
---@field method string "GET", "POST", ...
---@field path string
---@field query table<string, string>
---@field headers table<string, string> by names in lower case
---@field body string "" where there is none

---@class http.ServedAnswer
---@field status? integer 200 to 599; else 200
---@field headers? table<string, string|number|boolean>
---@field body? string
---@field json? table a body as JSON

---Answers requests of others, outside any conversation: call it at the top of a file, once for each
---method and path. The handler may use effects, for 10 seconds; nothing is journaled, nothing kept
---between two requests. It returns a text, a table, or nil for an empty answer (204).
---@param method "GET"|"HEAD"|"POST"|"PUT"|"DELETE"|"PATCH"
---@param path string
---@param handler fun(request: http.ServedRequest): string|http.ServedAnswer|nil
function http.serve(method, path, handler) end

---Any request. GET, HEAD and OPTIONS are effects, the others outside writes unless read = true.
---@param request http.Request
---@return http.Response? answer nil: there was none, see the error
---@return usher.Error? err
function http.request(request) end
