-- flows/texts/es.lua - Spanish. Each file of this folder has the same names.
return {
  hello = "¡Hola! ¿En qué puedo ayudarle?",
  switched = "De acuerdo, seguimos en español.",
  hours_button = "🕘 Horario",
  person_button = "💬 Hablar con nosotros",
  hours = "Abrimos de lunes a viernes de 9 a 18.",
  connecting = "Un momento, por favor. Aviso a un colega.",
  which = "Con gusto. ¿De qué se trata, en pocas palabras?",
  nobody = "Lo siento, ahora no hay nadie libre para chatear.",

  switch_words = { "español", "espanol", "en español", "spanish", "castellano" },
  hours_words = { "horario", "abierto", "abren", "cerrado" },
  person_words = { "agente", "humano", "una persona", "hablar con alguien" },
}
