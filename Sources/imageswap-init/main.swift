// imageswap-init
