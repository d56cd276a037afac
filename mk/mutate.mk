# make mutate: small bugs put into the code one at a time, and what catches
# each. FLAVOUR=mutate notes which functions a suite reaches.

mutate: ## what catches each small bug of tests/mutate (half an hour); MUTATE=ROOM
	@mk/deps build run test
	@tests/mutate/run $(MUTATE)

ifeq ($(FLAVOUR),mutate)
REACH := $(OUT)/tests/mutate/support/reach.o
$(OUT)/tests/%.o: private CFLAGS += -fno-instrument-functions
$(REACH): private CFLAGS += -DREACH='"$(abspath $(OUT))/reach"'

$(TESTED): $(REACH)
$(PROGRAM): private ALL_LDFLAGS += $(TEST_LDFLAGS)
endif

.PHONY: mutate
