-- flows/parse/words_pt.lua - the Portuguese words of the time parser, of Brazil and of Portugal;
-- see words_en.lua for the groups.
--
-- As words_es.lua: a message is read with these and the English words when it is Portuguese by its
-- `marks` and `signs`.

return {
  name = "pt",

  -- nine in the evening is 21 h
  hours24 = true,

  marks = "hoje amanhã amanha ontem segunda-feira terça-feira terca-feira quarta-feira "
    .. "quinta-feira sexta-feira segunda terça terca quarta quinta sexta sábado sabado domingo "
    .. "2ª-feira 3ª-feira 4ª-feira 5ª-feira 6ª-feira manhã manha tarde noite meio-dia meio_dia "
    .. "meia-noite meia_noite meia hora horas minutos semana às janeiro fevereiro março abril maio "
    .. "junho julho agosto setembro outubro novembro dezembro agora próxima próximo daqui vem "
    .. "quanto fim sete oito nove dez onze doze quinze vinte",
  signs = "eu meu minha você voce vocês da das dos de na nos nas ao à ou não nao é são está "
    .. "para pra pode podem poderia ligue ligar liga ligue-me ligar-me liguem por favor "
    .. "obrigado obrigada oi olá ola bom boa dia depois antes até entre sem que só também "
    .. "posso pelas pela partir meio mais após",

  says = {
    wish = "ligue ligar liga ligue-me ligar-me liguem ligação telefonar telefone-me falar "
      .. "contactar "
      .. "contatar retornar retorne disponível disponivel livre pode_ser posso marcar atender",
    tale = "promoção promocao oferta fatura faturas conta boleto contrato pedido pedidos "
    .. "encomenda entrega voo trem comboio "
      .. "seguro garantia assinatura pagamento parcela plano bilhete cartão aniversário consulta",
    told = "tenho_consulta tenho_médico tenho_medico tenho_reunião tenho_reuniao tenho_aula "
    .. "vence expira termina acaba chega chegam abre abrem fecha fecham aberto aberta "
      .. "fechado horário_de que_horas a_que_horas faz há",
    past = "veio vieram liguei era foi estava estive venceu comprei paguei recebi pedi chegou "
    .. "chegaram tive "
      .. "tinha "
      .. "caiu parou ligaram ligou cobraram",
    report = "prometeram prometeu disseram disse deviam ninguém ninguem",
    please = "por_favor",
    joint = "mas porque então entao pois",
    since = "desde",
    about = "sobre",
    ["and"] = "e",
  },

  weekday = {
    { "segunda-feira segunda_feira segunda 2ª-feira 2ª_feira 2a-feira 2a_feira segundas", 1 },
    { "terça-feira terça_feira terca-feira terca_feira terça terca 3ª-feira 3ª_feira 3a-feira "
      .. "3a_feira terças", 2 },
    { "quarta-feira quarta_feira quarta 4ª-feira 4ª_feira 4a-feira 4a_feira quartas", 3 },
    { "quinta-feira quinta_feira quinta 5ª-feira 5ª_feira 5a-feira 5a_feira quintas", 4 },
    { "sexta-feira sexta_feira sexta 6ª-feira 6ª_feira 6a-feira 6a_feira sextas", 5 },
    { "sábado sabado sábados sabados", 6 }, { "domingo domingos", 7 },
  },
  homonyms = {},
  typos = "segunda quarta quinta sexta sabado domingo amanha",
  month = {
    { "janeiro", 1 }, { "fevereiro", 2 }, { "março marco", 3 }, { "abril", 4 }, { "maio", 5 },
    { "junho", 6 }, { "julho", 7 }, { "agosto", 8 }, { "setembro", 9 }, { "outubro", 10 },
    { "novembro", 11 }, { "dezembro", 12 },
  },
  day = {
    { "hoje hj", 0 }, { "amanhã amanha amnh", 1 },
    { "depois_de_amanhã depois_de_amanha depois_d_amanhã", 2 }, { "ontem anteontem", -1 },
  },
  tonight = { { "hoje_à_noite hoje_a_noite hoje_de_noite esta_noite", "night" } },
  part = {
    { "manhã manha de_manhã de_manha da_manhã da_manha pela_manhã pela_manha na_parte_da_manhã "
      .. "período_da_manhã", "morning" },
    { "início_da_manhã inicio_da_manha começo_da_manhã manhã_cedo de_manhã_cedo madrugada",
      "early morning" },
    { "fim_da_manhã final_da_manhã ao_fim_da_manhã no_fim_da_manhã", "late morning" },
    { "tarde à_tarde a_tarde de_tarde da_tarde pela_tarde tardes na_parte_da_tarde "
      .. "período_da_tarde", "afternoon" },
    { "início_da_tarde inicio_da_tarde começo_da_tarde no_início_da_tarde", "early afternoon" },
    { "meio_da_tarde", "mid afternoon" },
    { "fim_da_tarde final_da_tarde ao_fim_da_tarde no_fim_da_tarde no_final_da_tarde "
      .. "ao_final_da_tarde fim_de_tarde", "late afternoon" },
    { "noite à_noite a_noite de_noite da_noite pela_noite noites", "night" },
    { "fim_do_dia final_do_dia no_fim_do_dia ao_fim_do_dia no_final_do_dia", "day end" },
  },
  meal = { { "almoço almoco", "lunch" }, { "jantar", "dinner" } },
  noon = { { "meio-dia meio_dia", 12 }, { "meia-noite meia_noite", 0 } },
  unit = {
    { "segundos", "second" }, { "minuto minutos min mins", "minute" }, { "hora", "hour" },
    { "dias", "day" }, { "mês mes meses", "month" },
  },
  -- in "15 horas" the hour, in "em 2 horas" how long
  letter_unit = { { "horas hs hrs", "hour" } },
  weeks = { { "semana semanas", "week" }, { "quinzena", "fortnight" } },
  years = { { "ano anos", "year" } },
  number = {
    { "dois duas", 2 }, { "três tres", 3 }, { "quatro", 4 }, { "cinco", 5 }, { "seis", 6 },
    { "sete", 7 }, { "oito", 8 }, { "nove", 9 }, { "dez", 10 }, { "onze", 11 }, { "doze", 12 },
    { "treze", 13 }, { "catorze quatorze", 14 }, { "quinze", 15 }, { "dezesseis dezasseis", 16 },
    { "dezessete dezassete", 17 }, { "dezoito", 18 }, { "dezenove dezanove", 19 },
    { "vinte", 20 }, { "vinte_e_uma vinte_e_um", 21 }, { "vinte_e_duas vinte_e_dois", 22 },
    { "vinte_e_três vinte_e_tres", 23 }, { "vinte_e_cinco", 25 }, { "trinta", 30 },
    { "quarenta", 40 }, { "quarenta_e_cinco", 45 },
  },
  ordinal = { { "primeiro 1º", 1 } },
  some = { { "alguns algumas", 3 } },
  at = { { "às as à á ás ao aos a pelas pelas_horas" } },
  around = { { "por_volta_das por_volta_de por_volta cerca_das cerca_de lá_pelas la_pelas "
    .. "mais_ou_menos tipo" } },
  on = { { "dia no na nos nas" } },
  ["in"] = { { "em daqui_a dentro_de daqui daqui_há" } },
  of = { { "de da do dos" } },
  the = { { "o os" } },
  article = { { "um uma", 1 } },
  from = { { "das" } },
  to = { { "até até_às até_as ate ate_as até_a", "until" } },
  after = { { "depois depois_das depois_de depois_da depois_do após apos após_as a_partir_das "
    .. "a_partir_de a_partir_da a_partir_do", "hour" } },
  before = { { "antes antes_das antes_de antes_da antes_do" } },
  by = { { "no_máximo" } },
  between = { { "entre entre_as" } },
  -- "às nove e quinze"
  plus = { { "e" } },
  ["or"] = { { "ou" } },
  next = { { "próximo proximo próxima proxima que_vem seguinte", "coming" } },
  this = { { "este esta nesta neste essa esse nessa desta" } },
  last = { { "passado passada último última" } },
  half = { { "meia meio", 30 } },
  quarter = { { "quarto" } },
  minus = { { "menos" } },
  ["not"] = { { "não nao em_vez_de em_vez_da em_vez_do ao_invés_de ao_inves_de exceto menos_na "
    .. "dia_menos" }, { "nunca jamais", "rule" } },
  bad = { { "impossível impossivel ruim péssimo muito_cedo muito_tarde" } },
  busy = { { "ocupado ocupada em_reunião em_reuniao numa_reunião numa_reuniao em_aula" } },
  engaged = { { "trabalho trabalhando" } },
  now = { { "agora já agora_mesmo" } },
  asap = { { "o_quanto_antes quanto_antes assim_que_possível assim_que_possivel "
    .. "o_mais_rápido_possível o_mais_rapido_possivel logo_que_possível imediatamente" } },
  later = { { "mais_tarde" } },
  than = { { "do_que" } },
  ago = { { "atrás atras" } },
  early = { { "cedo" } },
  every = { { "cada todas_as todos_os" } },
  weekend = { { "fim_de_semana fim-de-semana final_de_semana fds" } },
  good = { { "bom boa" } },
  rather = { { "desculpe desculpa melhor aliás digo quer_dizer ou_melhor perdão perdao ops "
    .. "correção correcao" } },
  filler = { { "em_casa certeza lá até_agora até_lá se_não por_favor pf pfv obrigado obrigada "
    .. "oi olá ola bom_dia boa_tarde boa_noite me eu "
    .. "ligue "
    .. "ligar liga ligue-me ligar-me liguem pode podem pode_ser ser posso você vocês livre "
    .. "disponível disponivel dá sim para pra está bem" } },
}
