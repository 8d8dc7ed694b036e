<?php

namespace Kigen\Bridge;

/**
 * A listener for each event, which FOSSBilling 0.7 finds by its name. Written from kigen's own event map.
 */
trait Listeners
{
    public static function onAfterAdminClientDelete(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminClientUpdate(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminCloseTicket(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminCreateClient(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminCronRun(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminInvoiceApprove(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminInvoiceDelete(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminInvoicePaymentReceived(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminInvoiceRefund(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminOpenTicket(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminOrderActivate(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminOrderCancel(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminOrderCreate(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminOrderDelete(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminOrderSuspend(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminOrderUncancel(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminOrderUnsuspend(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminOrderUpdate(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminReplyTicket(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminTransactionCreate(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterAdminTransactionProcess(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterClientCloseTicket(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterClientLogin(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterClientOpenTicket(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterClientOrderCreate(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterClientProfileUpdate(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterClientReplyTicket(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onAfterClientSignUp(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onBeforeAdminClientUpdate(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onBeforeAdminInvoiceUpdate(\Box_Event $event): void
    {
        self::hear($event, false);
    }

    public static function onBeforeClientInvoiceDelete(\Box_Event $event): void
    {
        self::hear($event, false);
    }
}
