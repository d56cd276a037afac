-- flows/parse/words_es.lua - the Spanish words of the time parser; see words_en.lua for the groups.
--
-- They stand beside the English ones: a message is read with both when it holds one of `marks`,
-- words that are Spanish and nothing else. A language of your own is a file like this one, named in
-- OTHERS at the top of time.lua.

return {
  name = "es",

  marks = "hoy mañana manana ayer lunes martes miércoles miercoles jueves viernes sábado sabado "
    .. "domingo tarde noche tardes noches hora horas minutos semana enero febrero marzo abril "
    .. "junio julio agosto septiembre octubre noviembre diciembre mediodía mediodia medianoche "
    .. "ahora cuanto posible después despues antes días día próximo próxima",

  says = {
    wish = "llámame llamame llámeme llameme llamar llamarme llamada llámenme llamenme márquenme "
      .. "marquenme llamen llame hablar contactar contactarme libre disponible cita puedo "
      .. "reunión reunion me_viene me_va",
    tale = "factura facturas recibo pedido pedidos contrato garantía garantia vuelo tren seguro "
      .. "póliza poliza plan suscripción suscripcion entrega paquete pago cuota cumpleaños "
      .. "tarjeta compra billete multa envío envio",
    told = "vence vencen caduca termina expira renueva es_del llegado llega llegan sale ha han "
      .. "desde abre abren cierra cierran abierto abierta abiertos cerrado horario qué_hora "
      .. "que_hora",
    past = "venció vencio caducó terminó compré compre pedí pagué pague llegó llego llegaba "
      .. "salió fue era estaba había hubo tuve cobraron cobró nací",
    report = "dijeron dijo prometieron prometió nadie",
    please = "por_favor porfa",
    joint = "pero porque así_que asi_que entonces",
    ["and"] = "y",
  },

  weekday = {
    { "lunes", 1 }, { "martes", 2 }, { "miércoles miercoles", 3 }, { "jueves", 4 }, { "viernes",
      5 },
    { "sábado sabado sábados", 6 }, { "domingo domingos", 7 },
  },
  homonyms = {},
  month = {
    { "enero", 1 }, { "febrero", 2 }, { "marzo", 3 }, { "abril", 4 }, { "mayo", 5 }, { "junio", 6 },
    { "julio", 7 }, { "agosto", 8 }, { "septiembre setiembre", 9 }, { "octubre", 10 },
    { "noviembre", 11 }, { "diciembre", 12 },
  },
  day = { { "hoy", 0 }, { "mañana manana", 1 }, { "pasado_mañana pasado_manana", 2 }, { "ayer",
    -1 } },
  tonight = { { "esta_noche", "night" } },
  part = {
    { "por_la_mañana de_la_mañana en_la_mañana por_la_manana de_la_manana en_la_manana",
      "morning" },
    { "tarde tardes por_la_tarde de_la_tarde en_la_tarde", "afternoon" },
    { "noche noches por_la_noche de_la_noche en_la_noche", "night" },
  },
  noon = { { "mediodía mediodia medio_día", 12 }, { "medianoche media_noche", 0 } },
  unit = {
    { "segundos", "second" }, { "minuto minutos", "minute" }, { "hora horas", "hour" },
    { "día días dia dias", "day" }, { "mes meses", "month" },
  },
  weeks = { { "semana semanas", "week" } },
  years = { { "año años", "year" } },
  number = {
    { "la_una", 1 }, { "dos", 2 }, { "tres", 3 }, { "cuatro", 4 }, { "cinco", 5 }, { "seis", 6 },
    { "siete", 7 }, { "ocho", 8 }, { "nueve", 9 }, { "diez", 10 }, { "once", 11 }, { "doce", 12 },
    { "trece", 13 }, { "catorce", 14 }, { "quince", 15 }, { "veinte", 20 }, { "treinta", 30 },
  },
  ordinal = { { "primero", 1 } },
  at = { { "a a_las a_los las" } },
  around = { { "sobre sobre_las hacia_las a_eso_de_las alrededor_de_las más_o_menos mas_o_menos" }
    },
  on = { { "el los" } },
  ["in"] = { { "en dentro_de" } },
  of = { { "de del" } },
  the = { { "la" } },
  article = { { "un una unos" } },
  from = { { "desde desde_las de_las" } },
  to = { { "hasta hasta_las" } },
  after = { { "después_de despues_de después_de_las despues_de_las tras" } },
  before = { { "antes_de antes_de_las antes_del" } },
  between = { { "entre entre_las" } },
  ["and"] = { { "y" } },
  ["or"] = { { "o" } },
  next = { { "próximo proximo próxima proxima que_viene" } },
  this = { { "este esta" } },
  last = { { "pasado pasada" } },
  half = { { "media medio" } },
  quarter = { { "cuarto" } },
  minus = { { "menos" } },
  now = { { "ahora ahora_mismo ya" } },
  asap = { { "cuanto_antes lo_antes_posible" } },
  good = { { "buenos buenas feliz" } },
  rather = { { "perdón perdon mejor" } },
  filler = { { "por_favor porfa gracias que puede pueden llámame llamame llámeme "
    .. "llameme llamar llamarme me para hola señor si sí" } },
}
