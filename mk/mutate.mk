# make mutate: small bugs put into the code one at a time, and what catches
# each. FLAVOUR=mutate has the library as a shared one, so that a bug costs a
# compilation and a link, and notes which functions a suite reaches.

mutate: ## what catches each small bug of tests/mutate (half an hour); MUTATE=ROOM
	@mk/deps build run test
	@tests/mutate/run $(MUTATE)

ifeq ($(FLAVOUR),mutate)
ALL_LDFLAGS += -Wl,-rpath,$(CURDIR)/$(OUT)
REACH := $(OUT)/tests/mutate/support/reach.o
PLAIN := $(OUT)/tests/mutate/support/plain_alloc.o
$(OUT)/tests/%.o: private CFLAGS += -fno-instrument-functions
$(REACH): private CFLAGS += -DREACH='"$(CURDIR)/$(OUT)/reach"'

$(OUT)/libusher.so: $(OBJECTS) $(REACH) $(OUT)/objects
	@echo "  LD    $@"
	@$(CC) -shared -pthread -Wl,-soname,libusher.so $(UNIT_LDFLAGS) -o $@ \
	    $(OBJECTS) $(REACH) $(PKG_LIBS) -lm

# What the test programs have of fail_alloc.c.
$(OUT)/usher $(FUZZERS): $(PLAIN)
endif

.PHONY: mutate
