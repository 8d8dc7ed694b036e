<?php

/**
 * Events that sound as if they meant something to kigen, and do not. Written from kigen's own event map.
 */

return [
    'onAfterAdminBatchCancelSuspendedOrders' => true,
    'onAfterAdminBatchSuspendOrders' => true,
    'onAfterAdminClientCreate' => true,
    'onAfterAdminClientPasswordChange' => true,
    'onAfterAdminGenerateRenewalInvoice' => true,
    'onAfterAdminInvoiceReminderSent' => true,
    'onAfterAdminInvoiceUpdate' => true,
    'onAfterAdminLogin' => true,
    'onAfterAdminOrderRenew' => true,
    'onAfterAdminPublicTicketClose' => true,
    'onAfterAdminPublicTicketOpen' => true,
    'onAfterAdminPublicTicketReply' => true,
    'onAfterAdminTransactionUpdate' => true,
];
