# helm test: a review, posted as the API server posts it. The answer must be of this review, and allow the pod.
set -eu
command -v curl >/dev/null || {
  echo "the image of nginx (images.nginx) has no curl, by which a review could be posted"
  exit 1
}
# What the CA's file is called depends on who made it.
for ca in "$CA_DIRECTORY"/*; do break; done
[ -f "$ca" ] || {
  echo "there is no CA's certificate to check the webhook's by: its Secret has none under a known name"
  exit 1
}
answer=$(curl --silent --show-error --max-time 10 --retry 3 --retry-connrefused --cacert "$ca" \
  --header 'Content-Type: application/json' --data-raw "$REVIEW" --write-out '\n%{http_code}' "$URL")
status=${answer##*
}
echo "$answer"
if [ "$status" != "$STATUS" ]; then
  echo "the webhook's status is $status, not $STATUS"
  exit 1
fi
[ "$status" = 200 ] || exit 0
uid=$(printf '%s' "$REVIEW" | sed -n 's/.*"uid": *"\([^"]*\)".*/\1/p')
case $answer in
  *'"uid":"'"$uid"'"'*) ;;
  *) echo "the answer is not of the review $uid"; exit 1 ;;
esac
case $answer in
  *'"allowed":true'*) echo "the webhook answers reviews" ;;
  *) echo "the pod was not allowed"; exit 1 ;;
esac
