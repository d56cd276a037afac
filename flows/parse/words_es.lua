-- flows/parse/words_es.lua - the Spanish words of the time parser; see words_en.lua for the groups.
--
-- They stand beside the English ones: a message is read with both when its words are rather Spanish
-- than anything else. `marks` are the words of times that no English has, `signs` other words that
-- tell the language; one mark is enough, or two signs. A language of your own is a file like this
-- one, named at the top of languages.lua.

return {
  name = "es",

  -- nine in the evening is "las 21" or "las 9 de la noche"
  hours24 = true,

  marks = "hoy mañana manana ayer lunes martes miércoles miercoles jueves viernes sábado sabado "
    .. "domingo tarde noche tardes noches hora horas minutos semana enero febrero marzo abril "
    .. "junio julio agosto septiembre octubre noviembre diciembre mediodía mediodia medianoche "
    .. "ahora cuanto posible después despues antes días día próximo próxima anoche mñn mñana "
    .. "a_las medio_día medio_dia cuatro cinco seis siete ocho nueve diez doce",
  signs = "el la los las un una de del en por para con que está estoy hola gracias favor "
    .. "llámame llamame llámeme llameme llamar llamen llame llaméis puedo puede pueden "
    .. "buenos buenas esta este desde hasta entre sobre tipo señor señora sí mejor libre "
    .. "cuando menos salvo partir media cuarto",

  says = {
    wish = "llámame llamame llámeme llameme llamar llamarme llamada llámenme llamenme márquenme "
      .. "marquen marque marques márqueme marqueme marcarme "
      .. "marquenme llamen llame hablar contactar contactarme libre disponible cita puedo "
      .. "reunión reunion me_viene me_va",
    tale = "oferta promoción promocion factura facturas recibo pedido pedidos contrato "
    .. "garantía garantia vuelo tren seguro "
      .. "póliza poliza plan suscripción suscripcion entrega paquete pago cuota cumpleaños "
      .. "tarjeta compra billete multa envío envio mi_cita_con",
    told = "espero esperando tengo_médico tengo_medico tengo_cita tengo_reunión tengo_reunion "
    .. "tengo_clase vence vencen caduca termina expira renueva es_del llegado llega llegan "
    .. "sale ha han "
      .. "abre abren cierra cierran abierto abierta abiertos cerrado horario qué_hora "
      .. "que_hora",
    past = "vino vinieron llamé llamaron llamasteis venció vencio caducó terminó compré compre "
    .. "pedí pagué pague "
      .. "llegó llego llegaba "
      .. "salió fue era estaba había hubo tuve cobraron cobró nací",
    report = "dijeron dijo prometieron prometió nadie",
    please = "por_favor porfa",
    joint = "pero porque así_que asi_que entonces",
    since = "desde",
    about = "sobre acerca_de por_mi por_la respecto",
    ["and"] = "y",
  },

  weekday = {
    { "lunes", 1 }, { "martes", 2 }, { "miércoles miercoles", 3 }, { "jueves", 4 }, { "viernes",
      5 },
    { "sábado sabado sábados", 6 }, { "domingo domingos", 7 },
  },
  homonyms = {},
  typos = "lunes martes miercoles jueves viernes sabado domingo manana",
  month = {
    { "enero", 1 }, { "febrero", 2 }, { "marzo", 3 }, { "abril", 4 }, { "mayo", 5 }, { "junio", 6 },
    { "julio", 7 }, { "agosto", 8 }, { "septiembre setiembre", 9 }, { "octubre", 10 },
    { "noviembre", 11 }, { "diciembre", 12 },
  },
  day = { { "hoy oy", 0 }, { "mañana manana mñn mañna", 1 },
    { "pasado_mañana pasado_manana", 2 }, { "ayer anteayer antier anoche", -1 } },
  tonight = { { "esta_noche", "night" } },
  part = {
    { "por_la_mañana de_la_mañana en_la_mañana por_la_manana de_la_manana en_la_manana",
      "morning" },
    { "a_primera_hora primera_hora a_primera_hora_de_la_mañana temprano madrugada",
      "early morning" },
    { "a_media_mañana", "mid morning" },
    { "tarde tardes por_la_tarde de_la_tarde en_la_tarde a_la_tarde", "afternoon" },
    { "a_media_tarde", "mid afternoon" },
    { "a_última_hora_de_la_tarde última_hora_de_la_tarde", "late afternoon" },
    { "noche noches por_la_noche de_la_noche en_la_noche a_la_noche", "night" },
    { "a_última_hora última_hora ultima_hora", "day end" },
  },
  noon = { { "mediodía mediodia medio_día medio_dia", 12 }, { "medianoche media_noche", 0 } },
  unit = {
    { "segundos", "second" }, { "minuto minutos min", "minute" }, { "hora", "hour" },
    { "día días dia dias", "day" }, { "mes meses", "month" },
  },
  -- in "15 horas" the hour, in "en 2 horas" how long
  letter_unit = { { "horas hs hrs", "hour" } },
  weeks = { { "semana semanas", "week" } },
  years = { { "año años", "year" } },
  number = {
    { "la_una", 1 }, { "dos", 2 }, { "tres", 3 }, { "cuatro", 4 }, { "cinco", 5 }, { "seis", 6 },
    { "siete", 7 }, { "ocho", 8 }, { "nueve", 9 }, { "diez", 10 }, { "once", 11 }, { "doce", 12 },
    { "trece", 13 }, { "catorce", 14 }, { "quince", 15 }, { "dieciséis dieciseis", 16 },
    { "diecisiete", 17 }, { "dieciocho", 18 }, { "diecinueve", 19 }, { "veinte", 20 },
    { "veintiuna veintiuno", 21 }, { "veintidós veintidos", 22 }, { "veintitrés veintitres", 23 },
    { "veinticinco", 25 }, { "treinta", 30 }, { "cuarenta", 40 }, { "cuarenta_y_cinco", 45 },
  },
  ordinal = { { "primero", 1 } },
  some = { { "un_par un_par_de", 2 } },
  at = { { "a a_las a_los las" } },
  around = { { "sobre sobre_las hacia_las a_eso_de_las alrededor_de_las más_o_menos mas_o_menos"
    .. " tipo como_a_las aproximadamente" } },
  on = { { "el los el_día el_dia" } },
  ["in"] = { { "en dentro_de de_aquí_a" } },
  of = { { "de del" } },
  the = { { "la" } },
  article = { { "un una unos", 1 } },
  from = { { "desde desde_las de_las" } },
  to = { { "hasta hasta_las", "until" } },
  after = { { "después despues después_de despues_de después_de_las despues_de_las después_del "
    .. "despues_del tras"
    .. " a_partir_de a_partir_de_las a_partir_del pasadas_las", "hour" } },
  before = { { "antes antes_de antes_de_las antes_del antes_de_la" } },
  by = { { "como_máximo a_más_tardar" } },
  between = { { "entre entre_las" } },
  -- "las tres y diez"
  plus = { { "y" } },
  ["or"] = { { "o" } },
  next = { { "próximo proximo próxima proxima que_viene que_entra siguiente", "coming" } },
  this = { { "este esta" } },
  last = { { "pasado pasada" } },
  half = { { "media medio", 30 } },
  quarter = { { "cuarto" } },
  minus = { { "menos" } },
  ["not"] = { { "no en_lugar_de en_lugar_del en_vez_de en_vez_del ni salvo excepto "
    .. "menos_el" }, { "nunca jamás jamas", "rule" } },
  bad = { { "imposible fatal demasiado_temprano demasiado_tarde muy_temprano" } },
  busy = { { "ocupado ocupada en_reunión en_reunion en_una_reunión en_una_reunion en_clase" } },
  engaged = { { "trabajo trabajando" } },
  than = { { "que_el que_los" } },
  ago = { { "hace atrás" } },
  later = { { "más_tarde mas_tarde" } },
  every = { { "cada todos_los" } },
  weekend = { { "fin_de_semana finde" } },
  now = { { "ahora ahora_mismo ya" } },
  asap = { { "cuanto_antes lo_antes_posible inmediatamente enseguida lo_más_pronto_posible "
    .. "lo_mas_pronto_posible" } },
  good = { { "buenos buenas feliz" } },
  rather = { { "perdón perdon mejor digo quiero_decir quise_decir corrijo corrección correccion "
    .. "disculpa disculpe ups" } },
  filler = { { "por_favor porfa gracias que puede pueden puedo llámame llamame llámeme "
    .. "llameme llamar llamarme llamen llame llaméis llameis llamáis marquen marque marques "
    .. "márquenme marquenme márqueme marqueme marcarme me para hola señor si sí "
    .. "en_casa seguro segura disponible hasta_ahora hasta_entonces si_no "
    .. "está bien vale ay buenos_días buenas_tardes buenas_noches buenos_dias estoy libre" } },
}
