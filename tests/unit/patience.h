/* tests/unit/patience.h - no test hangs: a case that is not done after some
 * time, all that it waits for together, ends the program and is named. What
 * waits for something says for what, whatever it stands in: a loop, read(),
 * pthread_join().
 *
 *   WAIT_FOR("the store's answer", answer.given, usher_loop_step(loop, -1));
 *
 *   patience("the end of the thread", __FILE__, __LINE__);
 *   pthread_join(thread, NULL);
 *   patience_over();
 */
#ifndef USHER_TESTS_PATIENCE_H
#define USHER_TESTS_PATIENCE_H

/* `what` may be nested, a few deep. On the thread of the case. */
void patience(const char *what, const char *file, int line);
void patience_over(void);
/* Another patience than two minutes, for the test of this. */
void patience_set_ms(long ms);

#define WAIT_FOR(what, is_there, step)      \
    do {                                    \
        patience(what, __FILE__, __LINE__); \
        while (!(is_there))                 \
            step;                           \
        patience_over();                    \
    } while (0)

#endif
