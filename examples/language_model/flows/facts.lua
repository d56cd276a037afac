-- flows/facts.lua - all that the model may tell. Keep it short: it is sent with every question.
return [[
- We ship to all of India within three working days; shipping is free above 500 rupees.
- Goods can be sent back within 30 days, unused, in their box. The visitor pays the parcel.
- Payment: card, UPI, or cash to the carrier.
- The shop at 12 Station Road, Pune, is open Monday to Saturday from 10 to 19.
]]
