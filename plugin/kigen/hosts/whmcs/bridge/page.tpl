{* What kigen made is HTML already, each value in it escaped. *}
<div class="kigen">{$kigenHtml nofilter}</div>
