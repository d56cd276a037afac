-- flows/init.lua - one flow, which also answers everything else.
return {
  flows = {
    { "shelf", triggers = { "left", "in stock" }, fallback = true },
  },
}
