-- spec/languages_spec.lua - each talk once in each language.
describe("languages", function()
  local ENGLISH, SPANISH = "Hello! How can I help you?", "¡Hola! ¿En qué puedo ayudarle?"

  local VISITORS = {
    { language = "en", sees = ENGLISH }, { language = "es", sees = SPANISH },
    { language = "es-MX", sees = SPANISH }, { language = "ES", sees = SPANISH },
    { language = "fr", sees = ENGLISH }, { language = false, sees = ENGLISH },
    { language = "switches", sees = ENGLISH }, -- a name of languages.lua that is no language
  }
  for _, case in ipairs(VISITORS) do
    it(("greets a visitor whose browser says %s"):format(tostring(case.language)), function()
      local talk = visitor.arrives { language = case.language }
      talk:visits()
      talk:sees { case.sees }
    end)
  end

  local CLICKS = {
    { "en", "Opening Hours", "We are open Monday to Friday from 9 to 18." },
    { "es", "Horario", "Abrimos de lunes a viernes de 9 a 18." },
    { "en", "Talk to Us", "Gladly. What is it about, in a few words?" },
    { "es", "Hablar con nosotros", "Con gusto. ¿De qué se trata, en pocas palabras?" },
  }
  for _, case in ipairs(CLICKS) do
    it(("takes a click on %q"):format(case[2]), function()
      local talk = visitor.arrives { language = case[1] }
      talk:visits()
      talk:clicks(case[2])
      talk:sees { case[3] }
    end)

    it(("takes the typed label %q"):format(case[2]), function()
      local talk = visitor.arrives { language = case[1] }
      talk:says(case[2])
      talk:sees { case[3] }
    end)
  end

  it("leads to a person in Spanish", function()
    local talk = visitor.arrives { language = "es" }
    talk:says "Quiero hablar con un humano"
    talk:says "mi tetera no funciona"
    talk:sees { "Un momento, por favor. Aviso a un colega." }
    assert.forwarded(talk)
  end)

  it("changes the language and keeps it", function()
    local talk = visitor.arrives { language = "en" }
    talk:says "español"
    talk:sees { "De acuerdo, seguimos en español.", SPANISH }
    talk:says "horario"
    talk:sees { "Abrimos de lunes a viernes de 9 a 18." }
    talk:says "in English"
    talk:sees { "All right, English it is.", ENGLISH }
  end)

  it("has a button that changes to the other language", function()
    local talk = visitor.arrives { language = "es" }
    talk:visits()
    talk:clicks "Español/English"
    talk:sees { "All right, English it is.", ENGLISH }
  end)

  it("has the same texts in both languages", function()
    local en, es = require "texts.en", require "texts.es"
    for name, text in pairs(en) do assert.equal(type(text), type(es[name]), name) end
    for name in pairs(es) do assert.is_not_nil(en[name], name) end
  end)
end)
