#define _GNU_SOURCE
#include "CPoolingShims.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#ifndef __APPLE__
#include <sys/sysmacros.h>
#endif

int pooling_identify_file(const char *path, pooling_file_identity *identity) {
#ifdef STATX_BTIME
    struct statx found;
    if (statx(AT_FDCWD, path, AT_STATX_SYNC_AS_STAT, STATX_INO | STATX_BTIME, &found) == 0) {
        identity->device = makedev(found.stx_dev_major, found.stx_dev_minor);
        identity->inode = found.stx_ino;
        identity->birth = 0;
        if (found.stx_mask & STATX_BTIME)
            identity->birth = (int64_t)found.stx_btime.tv_sec * 1000000000 + found.stx_btime.tv_nsec;
        return 0;
    }
    // Old kernels don't have it, and some containers forbid what their author did not know.
    if (errno != ENOSYS && errno != EPERM) return errno;
#endif
    struct stat status;
    if (stat(path, &status) != 0) return errno;
    identity->device = (uint64_t)status.st_dev;
    identity->inode = (uint64_t)status.st_ino;
#ifdef __APPLE__
    identity->birth = (int64_t)status.st_birthtimespec.tv_sec * 1000000000 + status.st_birthtimespec.tv_nsec;
#else
    identity->birth = 0;
#endif
    return 0;
}
