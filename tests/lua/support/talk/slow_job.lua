return function() return http.get "https://slow.example/" end
