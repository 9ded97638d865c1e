/* SlotTable+Machine.swift: the machine's side of the words. The lock is held. */

inline step_delegate(s) {
    atomic { assert(STATE(word[s]) == OWNED); word[s] = WORD(LOANS(word[s]), IDLE); record[s] = delegated }
}

inline step_claim_look(s) { atomic { seen = word[s] } }

inline step_claim_take(s) {
    atomic {
        if
#ifdef WEAK_CLAIM_STORES
        :: true ->
#else
        :: word[s] == seen ->
#endif
            word[s] = WORD(LOANS(seen), OWNED); record[s] = kept; done = true
        :: else
        fi;
        seen = 0
    }
}

inline step_recall_look(s) { atomic { seen = word[s] } }

inline step_recall_take(s) {
    atomic {
        if
#ifdef WEAK_RECALL_STORES
        :: true ->
#else
        :: word[s] == seen ->
#endif
            done = true;
            if
            :: STATE(seen) == LENT ->
                word[s] = WORD(LOANS(seen), LENT_BY_POOL); record[s] = leased
            :: else ->
                word[s] = WORD(LOANS(seen), OWNED); record[s] = kept
            fi
        :: else
        fi;
        seen = 0
    }
}

inline step_lend(s, b) {
    atomic {
        assert(record[s] == kept);
        word[s] = WORD(LOANS(word[s]) + 1, LENT_BY_POOL);
        record[s] = leased;
        begin_loan(s, b);
        tokenSlot[b] = s; tokenLoans[b] = LOANS(word[s]); told[b] = granted
    }
}

inline step_revoke(s) {
    atomic { word[s] = WORD(LOANS(word[s]), OWNED); loanOf[s] = NOBODY; record[s] = vacant }
}

inline step_takeback_look(s) { atomic { seen = word[s] } }

inline step_takeback_put(s) {
    atomic { word[s] = WORD(LOANS(seen), OWNED); seen = 0; end_loan(s, me); isBack = true }
}
