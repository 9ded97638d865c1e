/* What all threads share: the slots' words, what the lock guards, and who has which loan by right. */

#ifndef SLOTS
#define SLOTS 2
#endif
#ifndef BORROWERS
#define BORROWERS 3
#endif
#ifndef ROUNDS
#define ROUNDS 1
#endif
#ifndef EVICTIONS
#define EVICTIONS 0
#endif

/* The word: the count of loans above two bits of state. */
#define OWNED 0
#define IDLE 1
#define LENT 2
#define LENT_BY_POOL 3
#define STATE(w) ((w) & 3)
#define LOANS(w) ((w) >> 2)
#define WORD(loans, state) (((loans) << 2) | (state))

#define NOBODY 0
#define MARK(b) ((b) + 1)

/* The machine's records, the pool's phases, and what a waiting acquire is told. */
mtype = { vacant, kept, delegated, leased, running, ending, ended, nothing, granted, refused, cancellation };

byte word[SLOTS];
byte owner[SLOTS];

/* What the lock guards. */
bool locked;
mtype record[SLOTS];
chan waiters = [BORROWERS] of { byte };
mtype phase = running;
bool suspended;
byte limit = SLOTS; /* the pool's max */
bool isQueued[BORROWERS];
bool isCancelled[BORROWERS];
byte k, seen; /* the lock holder's own */
bool done;

/* The way from a grant to its waiter: the token, written before the waiter goes on. */
mtype told[BORROWERS];
byte tokenSlot[BORROWERS];
byte tokenLoans[BORROWERS];

/* Ghosts: who has the loan of a slot, by right. Nothing above depends on them. */
byte loanOf[SLOTS];

#define WAITS (len(waiters) > 0)
#define OPEN ((record[0] != vacant) + (SLOTS > 1 && record[SLOTS - 1] != vacant))

inline begin_loan(s, b) {
    assert(loanOf[s] == NOBODY); /* never two holders */
    assert(phase != ended);
    loanOf[s] = MARK(b)
}

inline end_loan(s, b) {
    assert(loanOf[s] == MARK(b)); /* no token ends another's loan, or one that was taken away */
    loanOf[s] = NOBODY
}

inline lock() { atomic { !locked -> locked = true } }

inline unlock() {
    d_step {
        invariants();
        k = 0; seen = 0; done = false;
        locked = false
    }
}

/* What holds whenever the lock is free. The runs with a defence taken out go without it, to show that what it leads to
   is noticed, too. */
inline invariants() {
#ifndef OUTCOMES_ONLY
    k = 0;
    do
    :: k < SLOTS ->
        assert(record[k] != delegated || STATE(word[k]) == IDLE || STATE(word[k]) == LENT);
        assert(record[k] != leased || STATE(word[k]) == LENT_BY_POOL);
        assert(record[k] == delegated || record[k] == leased || STATE(word[k]) == OWNED);
        /* while anybody waits, no slot is delegated, and none is kept from them */
        assert(!WAITS || phase != running || suspended || record[k] == leased || record[k] == vacant);
        assert(phase == running || record[k] == leased || record[k] == vacant);
        assert(record[k] == leased || record[k] == delegated || loanOf[k] == NOBODY);
        k++
    :: else -> break
    od
#else
    skip
#endif
}
