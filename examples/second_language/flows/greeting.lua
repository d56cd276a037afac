-- flows/greeting.lua - the first words. The buttons keep their values in every language.
local languages = require "languages"

return function(chat)
  local texts = languages.of(chat)
  chat:say { texts.hello,
    buttons = { { texts.hours_button, "1" }, { texts.person_button, "2" }, "language" } }
end
