# What looks deeper than make test, or measures. None of it runs in CI.

tidy: ready ## static analysis of the C files (clang-tidy; some minutes)
	@printf '%s\n' $(SOURCES) $(MAIN) | xargs -P 2 -I{} \
	    clang-tidy --quiet {} -- -std=c11 -D_GNU_SOURCE -Iengine -Iinclude \
	    $(PKG_CFLAGS) 2>/dev/null

corpus: build ## score the parsers on messages as visitors write them
	@for kind in time phone chat; do \
	    echo "$$kind:"; python3 tests/corpus/score.py \
	        tests/corpus/$$kind.jsonl --run './usher parse' || exit 1; \
	done

.PHONY: tidy corpus
