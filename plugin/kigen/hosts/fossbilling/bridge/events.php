<?php

/**
 * The events that mean something to kigen, and which keys of each go on. Written from kigen's own event map.
 */

return [
    'onAfterAdminClientDelete' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminClientUpdate' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminCloseTicket' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminCreateClient' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminCronRun' => [
    ],
    'onAfterAdminInvoiceApprove' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminInvoiceDelete' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminInvoicePaymentReceived' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminInvoiceRefund' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminOpenTicket' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminOrderActivate' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminOrderCancel' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminOrderCreate' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminOrderDelete' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminOrderSuspend' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminOrderUncancel' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminOrderUnsuspend' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminOrderUpdate' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminReplyTicket' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterAdminTransactionCreate' => [
        'id' => ['id', 'id'],
    ],
    'onAfterAdminTransactionProcess' => [
        'id' => ['id', 'id'],
    ],
    'onAfterClientCloseTicket' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterClientLogin' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterClientOpenTicket' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterClientOrderCreate' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterClientProfileUpdate' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterClientReplyTicket' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onAfterClientSignUp' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
    'onBeforeAdminClientUpdate' => [
        'id' => ['id', 'id'],
        'status' => ['status', 'word'],
    ],
    'onBeforeAdminInvoiceUpdate' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
        'status' => ['status', 'word'],
        'due_at' => ['due_at', 'day'],
    ],
    'onBeforeClientInvoiceDelete' => [
        'id' => ['id', 'id'],
        'client_id' => ['client_id', 'id'],
    ],
];
