/* SlotTable.swift: borrowers, without the lock. `w` is the borrower's own. */

inline step_checkout_look(s) { atomic { w = word[s] } }

inline step_checkout_take(s) {
    atomic {
        if
#ifdef WEAK_CHECKOUT_STORES
        :: true ->
#else
        :: word[s] == w ->
#endif
            word[s] = WORD(LOANS(w) + 1, LENT);
            begin_loan(s, me);
            tokenSlot[me] = s; tokenLoans[me] = LOANS(w) + 1; told[me] = granted
        :: else
        fi;
        w = 0
    }
}

#ifdef OWNERS
inline step_owner_write(s) { atomic { owner[s] = MARK(me) } }
inline step_owner_clear(s) { atomic { owner[s] = 0 } }
#endif

inline step_checkin_look(s) { atomic { w = word[s] } }

inline step_checkin_give(s) {
    atomic {
        if
#ifdef WEAK_CHECKIN_STORES
        :: true ->
#else
        :: word[s] == w ->
#endif
            word[s] = WORD(LOANS(w), IDLE); end_loan(s, me); isBack = true
        :: else
        fi;
        w = 0
    }
}

#ifdef WEAK_SEQUENCE_IGNORED
#define IS_MINE(w) true
#else
#define IS_MINE(w) (LOANS(w) == tokenLoans[me])
#endif
