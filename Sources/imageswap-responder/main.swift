// imageswap-responder
