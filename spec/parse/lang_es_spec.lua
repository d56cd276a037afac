local support = require "spec.parse.support"
local time = require "parse.time"

-- Wednesday 5 March 2025, 16:15 in Madrid
describe("Spanish", function()
  local read = support.reader(time, "Europe/Madrid", "ES")
  for _, case in ipairs {
    { "mañana a las 16:00, antes no puedo", "2025-03-06 16:00" },
    { "mejor el martes que el lunes a las 9", "2025-03-11 09:00" },
    { "llámame el miercoles que viene a las 10", "2025-03-12 10:00" },
    { "pasado mañana a las 10:15", "2025-03-07 10:15" }, { "mñn a las 9", "2025-03-06 09:00" },
    { "el próximo viernes a las 16:00", "2025-03-07 16:00" },
    { "viernees a las 10", "2025-03-07 10:00" }, { "el día 20 a las 12:30", "2025-03-20 12:30" },
    { "mañana a partir de las 16h", "2025-03-06 16:00" }, { "mañana 15 horas", "2025-03-06 15:00" },
    { "a las tres menos cuarto de la tarde mañana", "2025-03-06 14:45" },
    { "hoy a las cinco y diez", "2025-03-05 17:10" },
    { "hoy a las veinte horas", "2025-03-05 20:00" },
    { "a la una y media mañana", "2025-03-06 13:30?" }, { "os llamé el lunes", "past" },
    { "en media hora", "2025-03-05 16:45" }, { "dentro de una hora y media", "2025-03-05 17:45" },
    { "de 9 a 11 el viernes", "2025-03-07 09:00" }, { "el viernes de 16 a 18", "2025-03-07 16:00" },
    { "mañana a última hora de la tarde", "2025-03-06 16:00" },
    { "la semana que viene", "2025-03-10 09:00?" }, { "el lunes tipo 11", "2025-03-10 11:00" },
    { "jueves no, viernes sí a las 11", "2025-03-07 11:00" },
    { "no, mejor a las 17:00", "2025-03-05 17:00" }, { "no me llaméis el lunes", "nothing" },
    { "no me marquen el viernes", "nothing" },
    { "los martes no puedo", "nothing" }, { "domingo noche no", "nothing" },
    { "ayer me quedé sin internet", "past" }, { "desde ayer no funciona", "past" },
    { "María de la Cruz here, call me tomorrow at 3pm", "2025-03-06 15:00" },
  } do
    it("is read: " .. case[1], function() assert.equal(case[2], read(case[1])) end)
  end
end)
