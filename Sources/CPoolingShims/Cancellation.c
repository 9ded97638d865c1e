#include "CPoolingShims.h"

#include <stddef.h>

// The runtime's part of the standard library's withTaskCancellationHandler: exported, and bound by the library's stable
// ABI on Apple's systems, since it is called from code that the compiler emits into clients.
typedef void __attribute__((swiftcall)) cancellation_function(__attribute__((swift_context)) void *context);
extern void *__attribute__((swiftcall)) swift_task_addCancellationHandler(cancellation_function *, void *context);
extern void __attribute__((swiftcall)) swift_task_removeCancellationHandler(void *record);

static void __attribute__((swiftcall)) cancelled(__attribute__((swift_context)) void *context) {
    pooling_cancellation *cancellation = context;
    cancellation->handler(context);
}

void pooling_cancellation_watch(pooling_cancellation *cancellation) {
    cancellation->record = swift_task_addCancellationHandler(cancelled, cancellation);
}

void pooling_cancellation_ignore(pooling_cancellation *cancellation) {
    void *record = cancellation->record;
    cancellation->record = NULL;
    if (record) swift_task_removeCancellationHandler(record);
}
