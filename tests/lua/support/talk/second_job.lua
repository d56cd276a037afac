return function() return nil, { kind = "rejected", message = "no" } end
