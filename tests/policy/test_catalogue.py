"""The settings word for word: what the form, the documentation and the errors say, and what is meant without a word."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from kigen.policy import cookies, values
from kigen.policy.catalogue import OTHERS, Setting
from kigen.policy.schedule import RULES, Effect
from kigen.policy.settings import declared

CATALOGUE = """
schedule.prefer | name | (blank) | Appendix 1 | rule
    Rule that acts when several could at once. Blank: the strongest, then earliest.
    複数の規則が同時に当たるとき優先する規則。空欄の場合は最も強い効果、次に最も早い期日の規則。
schedule.settling | term | 7 days | Appendix 1 | rule
    How long a record is kept after kigen saw its state change.
    状態の変化を確認してから記録を保持する期間。
guards.smallest_credit | money | 0.01 | Appendix 1 | rule
    Smallest credit balance that keeps a client.
    顧客を保持する理由となる前払残高の最小額。
guards.unpaid_limit | term | (blank) | Appendix 1 | rule
    Longest time after the due date that an unpaid invoice keeps a client. Blank: no limit.
    未払い請求書が顧客を保持する、期日からの最長期間。空欄の場合は無期限。
deletion.sign_in_moves_date | flag | on | Appendix 1, 5 | rule
    Whether an own sign-in after a deletion request moves its date.
    削除依頼の後に本人がログインしたとき、期日を延ばすかどうか。
deletion.address_changed | term | 14 days | Appendix 1, 5 | rule
    Where the address changed so lately, the grace is longer by this term and the former one hears. Blank: neither.
    アドレスの変更からこの期間内の削除依頼は、猶予を同じ期間延長し旧アドレスに知らせます。空欄は無効。
anonymised.least_alike | count | 5 | Article 11 | -
    Documents of the anonymised that fewer clients share (country, date, amount) are told by doctor. 0: never.
    匿名化後も残る書類（国・日付・金額）に当てはまる顧客がこの数より少ないとき知らせます。0 は無効。
requests.japan_days | between_1_and_60 | 10 | Article 12, 21 | -
    Working days in which a request under Japanese law is to be answered; the law says: without delay.
    日本法による請求に回答する営業日数の目標（法令上は「遅滞なく」）。
floors.fiscal_year_end | month_day | (blank) | Article 11 | rule
    Last day of the fiscal year, MM-DD. Blank: not answered, ten years are kept.
    事業年度の末日（MM-DD）。空欄の場合は未回答として10年保存します。
floors.filing_months | between_0_and_24 | 2 | Article 11 | rule
    Months from the year's end to the tax filing deadline: 0 to 24.
    事業年度末から申告期限までの月数（0～24）。
floors.years | between_1_and_30 | 7 | Article 11 | rule
    Years that the law wants documents kept: 1 to 30.
    法令による書類の保存年数（1～30）。
floors.loss_years | years | (blank) | Article 11 | rule
    Fiscal years (by the year they end in) with a loss: ten years are kept.
    欠損の生じた事業年度（終了する年）。10年保存します。
floors.company_books | flag | off | Article 11 | rule
    Keep all documents ten years, as company books.
    会社の帳簿としてすべて10年保存するかどうか。
brakes.records | count | 10000 | Article 17 | -
    Most records that one run may act on without a person's confirmation.
    確認なしに一度の実行で処理できる記録の上限。
brakes.client_share | share | 1 | Article 17 | -
    Largest share of the clients, in percent, that one run may act on.
    一度の実行で処理できる顧客の割合（％）。
brakes.share | share | 10 | Article 17 | -
    Largest share of any other table, in percent, that one run may delete.
    一度の実行で削除できるその他の表の割合（％）。
brakes.median | count | 10 | Article 17 | -
    How many times the median of the last 30 runs a run may act on.
    過去30回の中央値の何倍まで処理できるか。
brakes.minimum | count | 20 | Article 17 | -
    A run that acts on no more records than this never trips a share or median.
    この件数以下の実行では割合と中央値の制限を適用しません。
brakes.clock_back | count | 600 | Article 17 | -
    Seconds that the machine's clock may have gone back since the last run.
    前回の実行から時計が戻ってよい秒数。
brakes.clock_forward | count | 92 | Article 17 | -
    Days that may lie between two runs before the clock is doubted.
    時計を疑うまでの、前回の実行からの日数。
sweep.chunk | at_least_one | 1000 | Article 17 | -
    Records that one transaction handles at most.
    一つのトランザクションで扱う記録の上限。
sweep.hold_ms | at_least_one | 25 | Article 17 | -
    Milliseconds for which a transaction is to hold its rows at most; as many records go into it as fit.
    一つのトランザクションが行を保持する時間の目安（ミリ秒）。処理する記録の数をこれに合わせます。
sweep.client_rows | at_least_one | 5000 | Article 17 | -
    Rows above which a client that is to be deleted goes in steps: mails and logs first, its own row last.
    この行数を超える顧客は段階的に削除します。メールや記録を先に、顧客自身の行を最後に削除します。
plugins.seconds | between_1_and_3600 | 30 | Article 17 | -
    Seconds that a plugin may take to erase its part of a transaction; then the records are kept and told.
    プラグインが一つのトランザクションで消去にかけてよい秒数。超えた場合は記録を残して知らせます。
reconcile.full_days | between_1_and_92 | 7 | Article 17 | -
    Days after which the whole platform is compared again, and not only what is known to have changed.
    変更が分かっている部分だけでなく、全体をもう一度照合するまでの日数。
reconcile.quick_seconds | count | 10 | Article 17 | -
    A full comparison that takes no longer than these seconds is made at every run. 0: only when it is time.
    全体の照合がこの秒数以内で終わるなら実行のたびに行います。0 の場合は期日にだけ行います。
quarantine.term | term | 0 days | Article 11 | -
    How long what the schedule deleted is kept, sealed, for 'kigen undo'. 0 days: not at all. Never what was asked for.
    規則で削除した記録を、復元できるよう封印して保管する期間。0 days の場合は保管しません。請求による削除は対象外です。
evidence.tombstone_term | term | 400 days | Article 17 | -
    How long erased records are known again when an old backup brings them back. Blank: for ever.
    古いバックアップから戻った記録を、消去済みの記録と見分けられる期間。空欄の場合は無期限。
host.attachments | folder | (blank) | Article 11 | -
    Folder in which the platform keeps attachments, so that files go with their rows. Blank: they stay.
    添付ファイルの保存先フォルダー。行とともにファイルも削除します。空欄の場合はファイルを残します。
holds.second_person | flag | off | Article 17 | -
    Whether only another person than the one who placed a legal hold may release it.
    法的保全を解除できるのを、設定した人とは別の人に限るかどうか。
kigen.language | language | en | Article 22 | -
    Language in which commands give reasons, meanings and proofs: en or ja; --lang is for one call.
    コマンドが理由、意味、証明を示す言語（en または ja）。--lang で一回だけ変えられます。
throttle.threads_running | count | 25 | Article 17 | -
    Sessions running on the server at once above which a run waits. 0: do not look.
    サーバーで同時に実行中のセッションがこの数を超えると待ちます。0 の場合は確認しません。
throttle.replica_lag | count | 30 | Article 17 | -
    Seconds that this server, or a replica of it, may be behind before a run waits. 0: do not look.
    このサーバーまたはそのレプリカの遅延がこの秒数を超えると待ちます。0 の場合は確認しません。
throttle.replicas | databases | (blank) | Article 17 | secret
    Addresses of this server's replicas (mysql+pymysql://user:password@host), by commas or blanks.
    このサーバーのレプリカの接続先（mysql+pymysql://user:password@host、カンマまたは空白区切り）。
throttle.replica_unknown | name | go | Article 17 | -
    What a run does where the lag cannot be read: go or wait.
    遅延が分からないときの動作（go または wait）。
throttle.history_length | count | 1000000 | Article 17 | -
    InnoDB history list length above which a run waits. 0: do not look.
    InnoDB の履歴の長さがこれを超えると待ちます。0 の場合は確認しません。
throttle.patience | count | 300 | Article 17 | -
    Seconds that a run waits for the database to calm down before it stops.
    データベースが落ち着くまで待つ秒数。
own.events | term | 24 months | Article 11 | -
    How long the history of events is kept after they were heard. What they told stays as clocks. Blank: for ever.
    受け取った出来事の履歴を保存する期間。出来事から得た起算日は残ります。空欄の場合は無期限。
own.changes | term | 24 months | Article 11, 14 | -
    How long the log of changed values is kept, sealed; an erasure ends it at once. Blank: while the record is there.
    変更前後の値の記録（暗号化）を保存する期間。顧客の消去の際は直ちに削除します。空欄の場合は記録がある限り保存。
own.set_aside | term | 90 days | Article 11 | -
    How long an event that nobody could understand waits for a person. Blank: for ever.
    処理できなかった出来事を、担当者の確認のために残しておく期間。空欄の場合は無期限。
own.requests | term | 36 months | Article 11 | -
    How long a closed request of a client is kept, to show how it was answered. Blank: for ever.
    完了した請求を、対応を示すために保存する期間。空欄の場合は無期限。
own.addresses | term | 30 days | Article 11 | -
    How long the last message to an erased client waits to be sent, with its address. Blank: for ever.
    消去された顧客への最後の通知が送信を待つ期間。宛先も通知とともに削除します。空欄の場合は無期限。
own.holds | term | 36 months | Article 11 | -
    How long a hold is kept after it was released. Blank: for ever.
    解除された保全措置の記録を保存する期間。空欄の場合は無期限。
own.consents | term | 36 months | Article 11 | -
    How long the proof of consents and of accepted notices is kept after a client is gone. Blank: for ever.
    顧客の消去後、同意および承諾した通知の証跡を保存する期間。空欄の場合は無期限。
own.views | term | 36 months | Article 11 | -
    How long it is kept who opened a frozen document, and when. Blank: for ever.
    凍結文書を誰がいつ閲覧したかの記録を保存する期間。空欄の場合は無期限。
fraud.term | term | 730 days | Article 4, 11 | -
    How long the keyed digest of the address of somebody who cheated is kept, also after the erasure. Blank: for ever.
    不正利用者のメールアドレスの鍵付きハッシュ値を、消去の後も含めて保存する期間。空欄の場合は無期限。
exports.kept | term | 14 days | Article 11, 14 | -
    How long the file of a bundle is kept after it was made; then it is deleted. Blank: until somebody deletes it.
    データ一式のファイルを作成後に保管する期間。経過後に削除します。空欄の場合は手動で削除するまで残ります。
exports.link | term | 7 days | Article 14 | -
    How long a link to a bundle works. Blank: as long as the file is there.
    データ一式へのリンクの有効期間。空欄の場合はファイルがある間有効です。
exports.per_day | at_least_one | 3 | Article 14 | -
    Bundles that a client can have made for itself within 24 hours.
    お客様ご自身が24時間以内に作成できるデータ一式の数。
exports.tries | at_least_one | 10 | Article 17 | -
    Links that do not open which an account may try within an hour before it has to wait.
    1時間以内に無効なリンクを試せる回数。超えた場合は時間を置く必要があります。
exports.moment | at_least_one | 30 | Article 14, 17 | -
    Minutes for which a bundle shows one moment; beyond that it goes on with a later one, and says so.
    データ一式が同一時点の内容を示す最長時間（分）。超えると後の時点で続け、その旨を記載します。
own.bundles | term | 36 months | Article 11 | -
    How long it is kept that a bundle was made and who fetched it, once its file is gone. Blank: for ever.
    ファイルの削除後に、データ一式の作成と取得の記録を保存する期間。空欄の場合は無期限。
backups.cycle | days | (blank) | Article 11 | -
    Days after which a backup of the database is gone for good, as published. Blank: not said.
    データベースのバックアップが完全に消えるまでの、公表している日数。空欄の場合は未回答。
backups.oldest | day | (blank) | Article 11 | -
    Date (YYYY-MM-DD) of the oldest backup of the database that is still there. Blank: not said.
    残っている最も古いデータベースのバックアップの日付（YYYY-MM-DD）。空欄の場合は未回答。
timestamp.url | url | (blank) | Article 17 | -
    Time-stamp authority (RFC 3161) that is sent a digest of each signed head, and nothing else. Blank: none.
    時刻認証局（RFC 3161）の URL。署名した証跡の要約値だけを送ります。空欄の場合は利用しません。
timestamp.certificates | file | (blank) | Article 17 | -
    File with the certificates (PEM) by which that authority's answers are checked.
    時刻認証局の回答を検証するための証明書（PEM）のファイル。
operator.name | line | (blank) | Article 22 | -
    Name of the operator, as notices give it.
    通知に記載する事業者名（英語）。
operator.name_ja | line | (blank) | Article 22 | -
    Name of the operator in Japanese. Blank: as in English.
    通知に記載する事業者名（日本語）。空欄の場合は英語と同じ。
operator.address | line | (blank) | Article 22 | -
    Postal address of the operator.
    事業者の所在地（英語）。
operator.address_ja | line | (blank) | Article 22 | -
    Postal address in Japanese. Blank: as in English.
    事業者の所在地（日本語）。空欄の場合は英語と同じ。
operator.representative | line | (blank) | Article 22 | -
    Who represents the operator, by office and name.
    事業者の代表者の役職と氏名（英語）。
operator.representative_ja | line | (blank) | Article 22 | -
    The same in Japanese. Blank: as in English.
    事業者の代表者の役職と氏名（日本語）。空欄の場合は英語と同じ。
operator.contact | line | (blank) | Article 21 | -
    Mail address to which questions about personal data go.
    個人情報に関する問い合わせ先のメールアドレス。
operator.hours | line | weekdays 10:00-17:00 Japan time, except holidays and year-end | Article 21 | -
    When the contact is staffed.
    問い合わせの受付時間（英語）。
operator.hours_ja | line | 平日10:00～17:00（日本時間、祝日・年末年始を除く） | Article 21 | -
    The same in Japanese. Blank: as in English.
    問い合わせの受付時間（日本語）。空欄の場合は英語と同じ。
operator.portal | line | (blank) | Article 14 | -
    Address of the client portal.
    顧客ポータルの URL。
operator.representative_eu | line | (blank) | Article 23 | -
    Representative in the EU (GDPR Art. 27). Blank: none is named.
    EU 代理人（GDPR 第27条）。空欄の場合は記載しません。
operator.representative_uk | line | (blank) | Article 23 | -
    Representative in the UK (UK GDPR Art. 27). Blank: none is named.
    英国代理人（UK GDPR 第27条）。空欄の場合は記載しません。
operator.transfers | line | Japan, for which the EU and the United Kingdom decided adequacy | Article 10 | -
    Countries to which data goes, with the safeguard.
    データの移転先の国と保護措置（英語）。
operator.transfers_ja | line | 日本（欧州委員会および英国による十分性認定の対象） | Article 10 | -
    The same in Japanese. Blank: as in English.
    データの移転先の国と保護措置（日本語）。空欄の場合は英語と同じ。
authorities.jp | line | Personal Information Protection Commission, https://www.ppc.go.jp/en/ | Article 13 | -
    Supervisory authority for people in Japan.
    日本に居住する方の監督機関（英語）。
authorities.jp_ja | line | 個人情報保護委員会（https://www.ppc.go.jp/） | Article 13 | -
    The same in Japanese. Blank: as in English.
    日本に居住する方の監督機関（日本語）。空欄の場合は英語と同じ。
authorities.eea | line | that of the country of residence, listed at https://www.edpb.europa.eu/ | Article 13 | -
    Supervisory authority for people in the EEA.
    EEA に居住する方の監督機関（英語）。
authorities.eea_ja | line | 居住国の監督機関（一覧：https://www.edpb.europa.eu/） | Article 13 | -
    The same in Japanese. Blank: as in English.
    EEA に居住する方の監督機関（日本語）。空欄の場合は英語と同じ。
authorities.uk | line | Information Commissioner, https://ico.org.uk/ | Article 13 | -
    Supervisory authority for people in the UK.
    英国に居住する方の監督機関（英語）。
authorities.uk_ja | line | 英国情報コミッショナー（https://ico.org.uk/） | Article 13 | -
    The same in Japanese. Blank: as in English.
    英国に居住する方の監督機関（日本語）。空欄の場合は英語と同じ。
notices.binding | language | ja | Article 24 | -
    Language whose words count where two texts of a notice differ: en or ja.
    言語により内容が異なる場合に優先する言語（en または ja）。
consents.host_field | name | (blank) | Article 19 | -
    Column of clients that holds yes or no to offers, such as custom_3. Blank: the platform's own mark.
    案内の可否（yes / no）を保持する顧客の項目名（例：custom_3）。空欄の場合はシステム標準の項目。
consents.guardian_ages | ages | (blank) | Article 20 | -
    Ages below which a guardian must consent, such as JP=16, DE=16. Blank: those of the law.
    保護者の同意を必要とする年齢（例：JP=16, DE=16）。空欄の場合は法令に基づく既定の年齢。
cookies.tools | tools | (blank) | Article 15, 16 | -
    The portal's tools: category | name | provider | cookies | term | opt-out; rows parted by ;. Blank: none runs.
    ポータルのツール（区分 | 名称 | 提供者 | クッキー | 期間 | オプトアウト、; 区切り）。空欄なら何も読み込みません。
cookies.months | months | 6 | Article 15 | -
    Months for which a visitor's choice about cookies holds, 1 to 13; then it is asked again.
    クッキーに関する選択を記憶する月数（1～13）。経過後にあらためて尋ねます。
cookies.origins | origins | (blank) | Article 15, 17 | -
    Further sites on which visitors may choose, such as https://www.example.jp. That of operator.portal always may.
    選択を受け付ける他のサイト（例：https://www.example.jp）。operator.portal は常に受け付けます。
own.choices | term | 12 months | Article 11 | -
    How long the record of a visitor's choice about cookies is kept, where nobody was signed in. Blank: for ever.
    ログインしていない訪問者によるクッキーの選択の記録を保存する期間。空欄の場合は無期限。
run.nightly_at | time_of_day | 03:30 | Article 11 | -
    Time of the day, in the operator's zone, from which 'kigen run' does the night's work.
    'kigen run' が毎晩の処理を始める時刻（運営者のタイムゾーン）。
run.seconds | at_least_one | 7200 | Article 17 | -
    Seconds after which the night's work begins nothing new; it goes on the next night.
    毎晩の処理で、新しい作業を始めない秒数の上限。残りは翌晩に続けます。
events.per_minute | at_least_one | 600 | Article 17 | -
    Requests with events that one source may send within a minute to the signed endpoint.
    署名付きの受信口に、一つの送信元が1分間に送れるイベントの要求数。
mail.way | mail_way | (blank) | Article 24 | rule
    How mail is sent: smtp. Blank: not at all, and nobody is warned before the schedule acts.
    メールの送信方法（smtp）。空欄の場合は送信せず、保存期間による処理の前の予告もしません。
retention.warning | term | 30 days | Article 11 | rule
    How long before the schedule archives or deletes a client it is warned by mail. Blank: not at all.
    保存期間により顧客を保管または削除する前に、メールで予告する期間。空欄の場合は予告しません。
requests.reminder | term | 7 days | Appendix 1, 5 | -
    How long before its date a client is reminded of the deletion it asked for. Blank: not at all.
    依頼された削除の期日の前に、顧客に再度知らせる期間。空欄の場合は知らせません。
mail.server | line | (blank) | Article 17 | -
    Name of the mail server.
    メールサーバーの名前。
mail.port | count | 0 | Article 17 | -
    Port of the mail server. 0: 587, with tls 465, with none 25.
    メールサーバーのポート。0 の場合は 587（tls では 465、none では 25）。
mail.security | mail_security | starttls | Article 17 | -
    Encryption to the mail server: starttls, tls, or none for a server on this machine.
    メールサーバーとの暗号化（starttls、tls、同じ機械のサーバーに限り none）。
mail.certificates | file | (blank) | Article 17 | -
    File with the authority's certificates of the mail server. Blank: those of the system.
    メールサーバーの認証局の証明書ファイル。空欄の場合はシステムのもの。
mail.user | line | (blank) | Article 17 | -
    User at the mail server. Blank: none is told.
    メールサーバーの利用者名。空欄の場合は認証しません。
mail.password | secret | (blank) | Article 17 | secret
    Password of that user.
    その利用者のパスワード。
mail.from | mail_address | (blank) | Article 21 | -
    Address that mail comes from. Blank: that of operator.contact.
    差出人のメールアドレス。空欄の場合は operator.contact のアドレス。
mail.reply_to | mail_address | (blank) | Article 21 | -
    Address that answers go to. Blank: that of operator.contact.
    返信先のメールアドレス。空欄の場合は operator.contact のアドレス。
mail.return | mail_address | (blank) | Article 17 | -
    Address that bounces go to, from where they are piped into 'kigen mail bounce'. Blank: as the sender.
    不達通知の宛先。'kigen mail bounce' に渡します。空欄の場合は差出人と同じ。
mail.pace | count | 60 | Article 17 | -
    Messages that are sent in a minute at most. 0: without limit.
    1分間に送信する通知の上限。0 の場合は制限しません。
mail.oldest | term | 30 days | Article 24 | -
    How old a message may be when it is sent; an older one is told by doctor. Blank: any age.
    送信する通知の古さの上限。超えたものは送らず doctor が知らせます。空欄の場合は制限しません。
mail.unsubscribe | mail_address | (blank) | Article 7 | -
    Address for unsubscribing, piped into 'kigen mail bounce' too. Blank: no address is offered.
    配信停止の受付アドレス。届いたものは 'kigen mail bounce' に渡します。空欄の場合は記載しません。
mail.unsubscribe_url | url | (blank) | Article 7 | -
    Address (https) that unsubscribes by one click, to which the token is added. Blank: none is offered.
    一回の操作で配信を停止する https の URL（末尾にトークンを付けます）。空欄の場合は記載しません。
heartbeat.url | url | (blank) | Article 17 | -
    Address that is told of every run; its silence is the alarm.
    実行ごとに知らせる先の URL。知らせが途絶えたら警報です。
heartbeat.secret | secret | (blank) | Article 17 | secret
    Key that signs heartbeats (HMAC-SHA256).
    知らせの署名に使う鍵（HMAC-SHA256）。
"""

LINES = CATALOGUE.strip().splitlines()
ROWS = [(*LINES[at].split(" | "), LINES[at + 1].strip(), LINES[at + 2].strip()) for at in range(0, len(LINES), 3)]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_a_setting_has_this_parser_default_article_and_words(row: tuple[str, ...]) -> None:
    name, parser, default, article, mark, english, japanese = row
    default = "" if default == "(blank)" else default
    known = getattr(values, parser, None) or getattr(cookies, parser, None)
    parse = known or values.between(*map(int, re.findall(r"\d+", parser)))
    expected = Setting(name, parse, default, (english, japanese), article, mark == "rule", mark == "secret")
    assert declared()[name] == expected


def test_there_are_these_settings_and_the_terms_of_the_rules_in_this_order() -> None:
    assert [one.name for one in OTHERS] == [row[0] for row in ROWS]
    assert [*declared()][-len(ROWS) :] == [row[0] for row in ROWS]


TERMS = [
    ("client.delete-archived", "120 months",
     "Term after which a client (archived) is deleted, counted from: archival. Blank: never.",
     "規則 client.delete-archived の期間（経過後に削除）。空欄の場合は行いません。"),
    ("client.archive-inactive", "18 months",
     "Term after which a client (inactive) is archived, counted from: last payment. Blank: never.",
     "規則 client.archive-inactive の期間（経過後に保管）。空欄の場合は行いません。"),
    ("service.delete-cancelled", "180 days",
     "Term after which a service (cancelled) is deleted, counted from: last change. Blank: never.",
     "規則 service.delete-cancelled の期間（経過後に削除）。空欄の場合は行いません。"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "term", "english", "japanese"), TERMS, ids=[row[0] for row in TERMS])
def test_the_term_of_a_rule_is_a_setting_in_its_words(rule: str, term: str, english: str, japanese: str) -> None:
    name = f"schedule.{rule}"
    expected = Setting(name, values.term, term, (english, japanese), "Appendix 1", is_rule=True)
    assert declared()[name] == expected


def test_a_rule_that_is_off_or_anonymises_has_a_setting_that_says_so() -> None:
    off = replace(RULES[0], id="acme.mask", term=None, effect=Effect.ANONYMISE)
    setting = declared((off,))["schedule.acme.mask"]
    assert setting.default == ""
    assert setting.words == (
        "Term after which a client (inactive) is anonymised, counted from: last payment. Blank: never.",
        "規則 acme.mask の期間（経過後に匿名化）。空欄の場合は行いません。",
    )


def test_a_setting_changes_nothing_due_and_is_no_secret_unless_declared_so() -> None:
    plain = Setting("acme.colour", values.name, "", ("Colour.", "色。"), "Article 1")
    assert (plain.is_rule, plain.is_secret) == (False, False)
