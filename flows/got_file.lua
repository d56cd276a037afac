-- flows/got_file.lua - a file without a word while the bot asks nothing: what was offered stands.
local booking = require "booking"
local files = require "files"
local offer = require "offer"

return function(chat)
  if offer.again(chat, files.GOT) then return end
  chat:say(files.GOT)
  -- Nothing is asked and no call is to come: whoever sends a file wants somebody to look at it.
  if not booking.upcoming(chat) then chat:hand_over() end
end
