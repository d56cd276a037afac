-- flows/files.lua - the files that visitors send: what they are told, and what a colleague reads.
--
--   files.names(chat)        "photo.jpg, location", all that came in this chat, or nil
--   files.is_line(text)      whether a line of chat:transcript() is "[file: photo.jpg]"
local files = {
  GOT = "Thank you! I cannot open that myself, but a colleague can see it.",
}

local LINE = "^%[(%l+):? ?(.*)%]$"
local KINDS = { file = true, location = true, contact = true, sticker = true }

function files.is_line(text)
  local kind = text:match(LINE)
  return kind ~= nil and KINDS[kind] == true
end

function files.names(chat)
  local names = {}
  for _, line in ipairs(chat:transcript()) do
    if line.who == "visitor" and files.is_line(line.text) then
      local kind, name = line.text:match(LINE)
      names[#names + 1] = name ~= "" and name:gsub("%] %[%l+:? ?", ", ") or kind
    end
  end
  return names[1] and table.concat(names, ", ") or nil
end

return files
