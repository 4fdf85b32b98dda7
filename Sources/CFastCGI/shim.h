// libfcgi: https://fastcgi-archives.github.io (Debian's libfcgi-dev)
#pragma once
#include <fcgiapp.h>
