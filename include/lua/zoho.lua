---@meta
-- Zoho: each known operation is a function. Its argument is checked before anything is sent; what
-- is wrong with it raises and names the field. Numbers may stand for ids, Unix seconds for times.
-- Lists come as plain lists (empty: none), SalesIQ's answers without their envelope.
--
-- What creates or changes something is an outside write: it is done once, whatever replays; when
-- nobody knows whether it was done the error's kind is "unclear": look before doing it again.

---@class zoho
---@field desk zoho.desk
---@field salesiq zoho.salesiq
zoho = {}

---@class zoho.desk
zoho.desk = {}

---@class zoho.salesiq
zoho.salesiq = {}

---@class zoho.Request
---@field service "desk"|"salesiq"
---@field path string "/api/v1/agents"; may hold a query
---@field method? string GET, or POST where there is json
---@field query? table<string, any> names and values
---@field json? table the body
---@field credential? "default"|"salesiq"|"visitor"|"desk" the usual one when missing
---@field read? boolean true: not an outside write, whatever the method says

---A call of any other kind, with token, waiting and errors as the others have them. An effect.
---@param request zoho.Request
---@return { status: integer, json: table }? answer nil: see the error
---@return usher.Error? err
function zoho.request(request) end

---@class zoho.desk.create_call.Argument
---@field departmentId? string|integer from DESK_DEPARTMENT_ID when missing
---@field contactId string|integer
---@field subject string at most 300 characters
---@field startTime string|number Unix seconds, or text such as 2026-03-25T09:00:00.000Z
---@field status "Completed"|"Scheduled"|"Missed"|"Canceled"|"In Progress"
---@field direction? "outbound"|"inbound"
---@field duration? integer
---@field priority? string
---@field ownerId? string|integer
---@field teamId? string|integer
---@field ticketId? string|integer
---@field layoutId? string|integer
---@field description? string at most 65535 characters
---@field recordingUrl? string at most 2500 characters
---@field reminder? table
---@field cf? table own fields, by their API names
---@field customFields? table

---Books a call in Zoho Desk. An outside write.
---Scopes: Desk.activities.calls.CREATE Desk.calls.CREATE
---@param argument zoho.desk.create_call.Argument
---@return table? record nil: see the error
---@return usher.Error? err
function zoho.desk.create_call(argument) end

---@class zoho.desk.update_call.Argument
---@field id string|integer
---@field departmentId? string|integer
---@field contactId? string|integer
---@field subject? string at most 300 characters
---@field startTime? string|number Unix seconds, or text such as 2026-03-25T09:00:00.000Z
---@field status? "Completed"|"Scheduled"|"Missed"|"Canceled"|"In Progress"
---@field direction? "outbound"|"inbound"
---@field duration? integer
---@field priority? string
---@field ownerId? string|integer
---@field teamId? string|integer
---@field ticketId? string|integer
---@field layoutId? string|integer
---@field description? string at most 65535 characters
---@field recordingUrl? string at most 2500 characters
---@field reminder? table
---@field cf? table own fields, by their API names
---@field customFields? table

---Changes a call. An outside write.
---Scopes: Desk.activities.calls.UPDATE Desk.calls.UPDATE
---@param argument zoho.desk.update_call.Argument
---@return table? record nil: see the error
---@return usher.Error? err
function zoho.desk.update_call(argument) end

---@class zoho.desk.get_call.Argument
---@field id string|integer
---@field include? string

---One call by its id. An effect.
---Scopes: Desk.activities.calls.READ Desk.calls.READ
---@param argument zoho.desk.get_call.Argument
---@return table? record nil: see the error
---@return usher.Error? err
function zoho.desk.get_call(argument) end

---@class zoho.desk.list_calls.Argument
---@field departmentId? string|integer
---@field departmentIds? string
---@field viewId? string|integer
---@field assignee? string
---@field limit? integer
---@field from? integer
---@field isCompleted? boolean
---@field fields? string
---@field filters? string at most 4500 characters
---@field filterId? string|integer
---@field include? string
---@field sortBy? "startTime"|"createdTime"|"-startTime"|"-createdTime"
---@field startTime? string

---Calls, the newest first unless sortBy says otherwise. An effect.
---Scopes: Desk.activities.calls.READ Desk.calls.READ
---@param argument? zoho.desk.list_calls.Argument
---@return table[]? list nil: see the error
---@return usher.Error? err
function zoho.desk.list_calls(argument) end

---@class zoho.desk.search_calls.Argument
---@field departmentId? string|integer
---@field subject? string at most 1000 characters
---@field createdTimeRange? string at most 100 characters
---@field modifiedTimeRange? string at most 100 characters
---@field startDateRange? string at most 100 characters
---@field id? string
---@field assigneeId? string
---@field ticketNumber? string
---@field priority? string
---@field status? string
---@field _all? string at most 1000 characters
---@field limit? integer
---@field from? integer
---@field sortBy? string relevance, modifiedTime, createdTime; "-" before it turns the order round
---@field customField1? string at most 1000 characters
---@field customField2? string at most 1000 characters
---@field customField3? string at most 1000 characters
---@field customField4? string at most 1000 characters
---@field customField5? string at most 1000 characters
---@field customField6? string at most 1000 characters
---@field customField7? string at most 1000 characters
---@field customField8? string at most 1000 characters
---@field customField9? string at most 1000 characters
---@field customField10? string at most 1000 characters

---Calls that fit; at least one condition. An effect.
---Scopes: Desk.calls.READ Desk.search.READ
---@param argument? zoho.desk.search_calls.Argument
---@return table[]? list nil: see the error
---@return usher.Error? err
function zoho.desk.search_calls(argument) end

---@class zoho.desk.search_contacts.Argument
---@field email? string
---@field phone? string
---@field mobile? string
---@field firstName? string at most 40 characters
---@field lastName? string at most 200 characters
---@field fullName? string at most 200 characters
---@field accountName? string at most 500 characters
---@field createdTimeRange? string at most 100 characters
---@field modifiedTimeRange? string at most 100 characters
---@field id? string
---@field _all? string at most 1000 characters
---@field limit? integer
---@field from? integer
---@field sortBy? string relevance, modifiedTime, createdTime, lastName, firstName; "-" before it
---turns the order round
---@field customField1? string at most 1000 characters
---@field customField2? string at most 1000 characters
---@field customField3? string at most 1000 characters
---@field customField4? string at most 1000 characters
---@field customField5? string at most 1000 characters
---@field customField6? string at most 1000 characters
---@field customField7? string at most 1000 characters
---@field customField8? string at most 1000 characters
---@field customField9? string at most 1000 characters
---@field customField10? string at most 1000 characters

---Contacts that fit; at least one condition. An effect.
---Scopes: Desk.contacts.READ Desk.search.READ
---@param argument? zoho.desk.search_contacts.Argument
---@return table[]? list nil: see the error
---@return usher.Error? err
function zoho.desk.search_contacts(argument) end

---@class zoho.desk.create_contact.Argument
---@field lastName string at most 200 characters
---@field firstName? string at most 40 characters
---@field email? string at most 255 characters
---@field secondaryEmail? string at most 100 characters
---@field phone? string at most 50 characters
---@field mobile? string at most 50 characters
---@field accountId? string|integer
---@field ownerId? string|integer
---@field type? string
---@field title? string at most 100 characters
---@field description? string at most 65535 characters
---@field street? string at most 250 characters
---@field city? string at most 100 characters
---@field state? string at most 100 characters
---@field country? string at most 100 characters
---@field zip? integer
---@field twitter? string at most 100 characters
---@field facebook? string at most 100 characters
---@field language? string
---@field layoutId? string|integer
---@field cf? table own fields, by their API names
---@field customFields? table

---Makes a contact. An outside write.
---Scopes: Desk.contacts.CREATE
---@param argument zoho.desk.create_contact.Argument
---@return table? record nil: see the error
---@return usher.Error? err
function zoho.desk.create_contact(argument) end

---@class zoho.desk.get_contact.Argument
---@field id string|integer
---@field include? string

---One contact by its id. An effect.
---Scopes: Desk.contacts.READ
---@param argument zoho.desk.get_contact.Argument
---@return table? record nil: see the error
---@return usher.Error? err
function zoho.desk.get_contact(argument) end

---@class zoho.desk.create_ticket.Argument
---@field departmentId? string|integer from DESK_DEPARTMENT_ID when missing
---@field contactId? string|integer one of contactId and contact is needed
---@field contact? table one of contactId and contact is needed
---@field subject? string at most 1000 characters
---@field status? string
---@field description? string at most 65535 characters
---@field email? string at most 150 characters
---@field phone? string at most 120 characters
---@field priority? string
---@field channel? string
---@field category? string
---@field subCategory? string
---@field classification? string
---@field language? string
---@field dueDate? string|number Unix seconds, or text such as 2026-03-25T09:00:00.000Z
---@field assigneeId? string|integer
---@field productId? string|integer
---@field teamId? string|integer
---@field accountId? string|integer
---@field layoutId? string|integer
---@field resolution? string at most 65535 characters
---@field webUrl? string at most 5000 characters
---@field responseDueDate? string
---@field ticketCreationType? "sendAsEmail"|"clone"
---@field clonedTicketId? string|integer
---@field uploads? table
---@field entitySkills? table
---@field secondaryContacts? table
---@field sharedDepartments? table
---@field parentTicket? table
---@field sourceTicket? table
---@field blueprint? table
---@field cf? table own fields, by their API names
---@field customFields? table

---Makes a ticket; with `contact` also its contact. An outside write.
---Scopes: Desk.tickets.CREATE
---@param argument zoho.desk.create_ticket.Argument
---@return table? record nil: see the error
---@return usher.Error? err
function zoho.desk.create_ticket(argument) end

---@class zoho.desk.departments.Argument
---@field isEnabled? boolean
---@field chatStatus? string
---@field searchStr? string at most 100 characters
---@field from? integer
---@field limit? integer

---The departments of Desk. An effect.
---Scopes: Desk.basic.READ Desk.departments.READ Desk.settings.READ
---@param argument? zoho.desk.departments.Argument
---@return table[]? list nil: see the error
---@return usher.Error? err
function zoho.desk.departments(argument) end

---@class zoho.desk.organizations.Argument

---The organisation of the token. An effect.
---Scopes: Desk.basic.READ Desk.organization.READ Desk.settings.READ
---@param argument? zoho.desk.organizations.Argument
---@return table[]? list nil: see the error
---@return usher.Error? err
function zoho.desk.organizations(argument) end

---@class zoho.desk.accessible_organizations.Argument

---All organisations the token may see. An effect.
---Scopes: Desk.basic.READ Desk.organization.READ Desk.settings.READ
---@param argument? zoho.desk.accessible_organizations.Argument
---@return table[]? list nil: see the error
---@return usher.Error? err
function zoho.desk.accessible_organizations(argument) end

---@class zoho.salesiq.open_conversation.Argument
---@field app_id? string|integer from SALESIQ_APP_ID when missing
---@field department_id? string|integer from SALESIQ_DEPARTMENT_ID when missing
---@field question string
---@field visitor zoho.Visitor
---@field customer_info? table
---@field custom_wait_time? integer
---@field past_messages? table

---Opens a chat with people for this visitor (Visitor API). An outside write.
---Scopes: SalesIQ.conversations.CREATE
---@param argument zoho.salesiq.open_conversation.Argument
---@return table? record nil: see the error
---@return usher.Error? err
function zoho.salesiq.open_conversation(argument) end

---@class zoho.salesiq.send_message.Argument
---@field id string|integer
---@field text string

---Says something in a conversation, as the visitor. An outside write.
---Scopes: SalesIQ.conversations.CREATE
---@param argument zoho.salesiq.send_message.Argument
---@return table? record nil: see the error
---@return usher.Error? err
function zoho.salesiq.send_message(argument) end

---@class zoho.salesiq.departments.Argument
---@field index? integer
---@field last_sync_time? string

---The departments of SalesIQ. An effect.
---Scopes: SalesIQ.departments.READ
---@param argument? zoho.salesiq.departments.Argument
---@return table[]? list nil: see the error
---@return usher.Error? err
function zoho.salesiq.departments(argument) end

---@class zoho.salesiq.operators.Argument
---@field index? integer
---@field last_sync_time? string

---The people in SalesIQ. An effect.
---Scopes: SalesIQ.operators.READ
---@param argument? zoho.salesiq.operators.Argument
---@return table[]? list nil: see the error
---@return usher.Error? err
function zoho.salesiq.operators(argument) end

---@class zoho.salesiq.close_conversation.Argument
---@field id string|integer

---Ends a conversation. An outside write.
---Scopes: SalesIQ.conversations.UPDATE
---@param argument zoho.salesiq.close_conversation.Argument
---@return table? record nil: see the error
---@return usher.Error? err
function zoho.salesiq.close_conversation(argument) end

---@class zoho.salesiq.callback_progress.Argument
---@field id string|integer
---@field text string

---Says that an answer is on its way, after `pending`. An outside write.
---Scopes: SalesIQ.callbacks.UPDATE
---@param argument zoho.salesiq.callback_progress.Argument
---@return table? record nil: see the error
---@return usher.Error? err
function zoho.salesiq.callback_progress(argument) end

---@class zoho.salesiq.callback_response.Argument
---@field id string|integer
---@field action "reply"|"forward"|"operator_busy"|"pending"|"end"|"block"|"context"

---Gives the answer that was promised by `pending`. An outside write.
---Scopes: SalesIQ.callbacks.UPDATE
---@param argument zoho.salesiq.callback_response.Argument
---@return table? record nil: see the error
---@return usher.Error? err
function zoho.salesiq.callback_response(argument) end

---@class zoho.Visitor
---@field user_id string what SalesIQ knows the visitor by
---@field name? string
---@field email? string
---@field phone? string
---@field current_page? string
---@field page_title? string
