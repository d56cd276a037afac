-- flows/parse/typos.lua - how a word looks that was typed in a hurry.
--
--   typos.each(word, found)   calls found(typo) for each spelling with one letter left out,
--     doubled, swapped with the next or hit beside its key; the first one is right, and the last
--     one is there

local typos = {}

local beside = {}
for row in ("qwertyuiop asdfghjkl zxcvbnm"):gmatch "%S+" do
  for i = 1, #row do beside[row:sub(i, i)] = { row:sub(i - 1, i - 1), row:sub(i + 1, i + 1) } end
end

function typos.each(word, found)
  for i = 2, #word do
    local before, letter, behind = word:sub(1, i - 1), word:sub(i, i), word:sub(i + 1)
    if i < #word then
      found(before .. behind)
      found(before .. behind:sub(1, 1) .. letter .. behind:sub(2))
    end
    found(before .. letter .. letter .. behind)
    for _, other in ipairs(beside[letter]) do
      if other ~= "" then found(before .. other .. behind) end
    end
  end
end

return typos
