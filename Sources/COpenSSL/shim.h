// OpenSSL 3: keys and certificates (Debian's libssl-dev). Macros that Swift cannot see are wrapped here.
#pragma once
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
