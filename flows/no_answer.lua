-- flows/no_answer.lua - what no other flow answers: for people. But a time or a number soon after a
-- booking is a correction of it: "no, 4pm".
local booking = require "booking"
local reading = require "reading"

local SHORT = 80 -- bytes; a longer message is more than a correction

return function(chat)
  local call, text = booking.upcoming(chat), chat.message.text
  local heard = call and #text <= SHORT and reading.read(chat, text, nil, call.time)
  if heard and (heard.phone or heard.time) then return chat:continue "my_callback" end
  chat:hand_over()
end
