local support = require "spec.parse.support"
local time = require "parse.time"

-- Wednesday 5 March 2025, 12:15 in São Paulo
describe("Portuguese of Brazil", function()
  local read = support.reader(time, "America/Sao_Paulo", "BR")
  for _, case in ipairs {
    { "segunda-feira às 10h30", "2025-03-10 10:30" }, { "2ª feira às 10h", "2025-03-10 10:00" },
    { "terca as 14:30", "2025-03-11 14:30" }, { "sexta que vem às 9", "2025-03-07 09:00" },
    { "AMANHÃ ÀS 16H30", "2025-03-06 16:30" }, { "amanha as 9 da manha", "2025-03-06 09:00" },
    { "depois de amanhã às 8h30", "2025-03-07 08:30" }, { "hj às 18h", "2025-03-05 18:00" },
    { "dia 16 às 15h", "2025-03-16 15:00" }, { "dia 27 de março, 16h", "2025-03-27 16:00" },
    { "quarta-feira, dia 12, às 11h", "2025-03-12 11:00" },
    { "amanhã a partir das 14h", "2025-03-06 14:00" }, { "a partir das 14h", "2025-03-05 14:00" },
    { "em meia hora", "2025-03-05 12:45" }, { "daqui a 2 horas", "2025-03-05 14:15" },
    { "daqui a uma hora e meia", "2025-03-05 13:45" },
    { "me liga segunda às 9 e meia", "2025-03-10 09:30" }, { "hoje 18 horas", "2025-03-05 18:00" },
    { "amanhã às nove e quinze", "2025-03-06 09:15" }, { "às três da tarde", "2025-03-05 15:00" },
    { "amanhã às 10 menos um quarto", "2025-03-06 09:45" },
    { "quinta ao meio-dia e meia", "2025-03-06 12:30" },
    { "sexta à tarde", "2025-03-07 14:00" },
    { "amanhã de manhã", "2025-03-06 09:00" }, { "hoje à noite", "2025-03-05 20:00" },
    { "das 9 às 11 na quinta", "2025-03-06 09:00" }, { "amanhã antes das 12h", "2025-03-06 11:00" },
    { "pode me ligar depois das 18h?", "2025-03-05 18:00" },
    { "semana que vem", "2025-03-10 09:00?" },
    { "não me ligue na segunda", "nothing" }, { "segunda não posso", "nothing" },
    { "mais tarde", "nothing" }, { "liguei na segunda e ninguém atendeu", "past" },
    { "ontem fiquei sem internet", "past" },
  } do
    it("is read: " .. case[1], function() assert.equal(case[2], read(case[1])) end)
  end
end)

describe("Portuguese of Portugal", function()
  local read = support.reader(time, "Europe/Lisbon", "PT")
  for _, case in ipairs {
    { "ligue-me na quinta-feira às 16 horas", "2025-03-06 16:00" },
    { "amanhã ao fim da tarde", "2025-03-06 16:00" },
    { "amanhã às 9h30, obrigada", "2025-03-06 09:30" },
    { "no dia 20 de abril às 14h30", "2025-04-20 14:30" },
  } do
    it("is read: " .. case[1], function() assert.equal(case[2], read(case[1])) end)
  end
end)
