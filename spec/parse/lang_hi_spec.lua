local support = require "spec.parse.support"
local time = require "parse.time"

-- Wednesday 5 March 2025, 20:45 in Kolkata
describe("Hindi in Latin letters", function()
  local read = support.reader(time, "Asia/Kolkata", "IN")
  for _, case in ipairs {
    { "kal subah 10 baje", "2025-03-06 10:00" }, { "parso shaam 6 baje", "2025-03-07 18:00" },
    { "somvaar subah", "2025-03-10 09:00" }, { "kal dhai baje dopahar", "2025-03-06 14:30" },
    { "kal dopahar sadhe teen baje", "2025-03-06 15:30" },
    { "kal dopahar sava do baje", "2025-03-06 14:15" }, { "aadhe ghante mein", "2025-03-05 21:15" },
    { "budhwar 4 baje ke baad", "2025-03-12 16:00?" },
    { "shukravar ko subah 11 baje phone kijiye", "2025-03-07 11:00" },
    { "kal subah 10 se 12 baje ke beech", "2025-03-06 10:00" },
    { "aaj nahi, kal shaam 4 baje", "2025-03-06 16:00" },
    { "10 min me call karo", "2025-03-05 20:55" },
    { "kal shaam 6 baje ke baad", "2025-03-06 18:00" }, { "kal se net band hai", "past" },
    { "kal raat se light nahi hai", "past" }, { "kal call aaya tha", "nothing" },
    { "tomorrow subah 11 baje call me", "2025-03-06 11:00" }, { "kal mat karo", "nothing" },
  } do
    it("is read: " .. case[1], function() assert.equal(case[2], read(case[1])) end)
  end
end)

describe("Hindi in Devanagari", function()
  local read = support.reader(time, "Asia/Kolkata", "IN")
  for _, case in ipairs {
    { "कल सुबह 10 बजे कॉल करें", "2025-03-06 10:00" }, { "कल शाम ५ बजे।", "2025-03-06 17:00" },
    { "परसों दोपहर 2 बजे", "2025-03-07 14:00" }, { "११ बजे कल सुबह", "2025-03-06 11:00" },
    { "शुक्रवार को सुबह साढ़े दस बजे", "2025-03-07 10:30" }, { "आधे घंटे में", "2025-03-05 21:15" },
    { "10 मिनट बाद", "2025-03-05 20:55" }, { "कल morning 11 बजे", "2025-03-06 11:00" },
    { "आज नहीं कल शाम 4 बजे", "2025-03-06 16:00" }, { "कल से इंटरनेट बंद है", "past" },
    { "6 मार्च को सुबह 9 बजे", "2025-03-06 09:00" }, { "सोमवार को फ़ोन मत करना", "nothing" },
  } do
    it("is read: " .. case[1], function() assert.equal(case[2], read(case[1])) end)
  end
end)
