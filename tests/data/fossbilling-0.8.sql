-- The part of a FOSSBilling 0.8 database that kigen reads and writes: tables and columns by name, types as far as they matter.
-- A real installation has more of both. No foreign keys, as there; indexes where it has them, so not on every client_id.
-- For MariaDB; on SQLite "BIGINT AUTO_INCREMENT PRIMARY KEY" reads "INTEGER PRIMARY KEY AUTOINCREMENT".
CREATE TABLE `client` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  client_group_id BIGINT,
  email VARCHAR(255) UNIQUE,
  billing_email VARCHAR(255),
  pass VARCHAR(255),
  status VARCHAR(30) DEFAULT 'active',
  first_name VARCHAR(100),
  last_name VARCHAR(100),
  phone VARCHAR(100),
  company VARCHAR(100),
  address_1 VARCHAR(100),
  city VARCHAR(100),
  country VARCHAR(100),
  notes TEXT,
  ip VARCHAR(45),
  api_token VARCHAR(128),
  custom_1 TEXT,
  created_at DATETIME,
  updated_at DATETIME
);
CREATE TABLE `client_order` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  client_id BIGINT,
  product_id BIGINT,
  group_id VARCHAR(255),
  group_master BOOLEAN DEFAULT 0,
  title VARCHAR(255),
  unpaid_invoice_id BIGINT,
  service_id BIGINT,
  service_type VARCHAR(100),
  period VARCHAR(20),
  quantity BIGINT DEFAULT 1,
  price DOUBLE,
  status VARCHAR(50),
  reason VARCHAR(255),
  notes TEXT,
  config TEXT,
  expires_at DATETIME,
  activated_at DATETIME,
  suspended_at DATETIME,
  unsuspended_at DATETIME,
  canceled_at DATETIME,
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX client_order_client_id ON `client_order` (client_id);
CREATE TABLE `client_order_meta` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  client_order_id BIGINT,
  name VARCHAR(255),
  value TEXT,
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX client_order_meta_client_order_id ON `client_order_meta` (client_order_id);
CREATE TABLE `client_order_status` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  client_order_id BIGINT,
  status VARCHAR(20),
  notes TEXT,
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX client_order_status_client_order_id ON `client_order_status` (client_order_id);
CREATE TABLE `client_balance` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  client_id BIGINT,
  type VARCHAR(100),
  rel_id VARCHAR(20),
  amount DECIMAL(18, 2) DEFAULT 0.00,
  description TEXT,
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX client_balance_client_id ON `client_balance` (client_id);
CREATE TABLE `client_password_reset` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  client_id BIGINT,
  hash VARCHAR(100),
  ip VARCHAR(45),
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX client_password_reset_client_id ON `client_password_reset` (client_id);
CREATE TABLE `invoice` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  client_id BIGINT,
  serie VARCHAR(50),
  nr VARCHAR(255),
  hash VARCHAR(255),
  currency VARCHAR(25),
  notes TEXT,
  text_1 TEXT,
  status VARCHAR(50) DEFAULT 'unpaid',
  buyer_first_name VARCHAR(255),
  buyer_last_name VARCHAR(255),
  buyer_address VARCHAR(255),
  buyer_email VARCHAR(255),
  approved BOOLEAN DEFAULT 0,
  taxrate VARCHAR(35),
  due_at DATETIME,
  paid_at DATETIME,
  created_at DATETIME,
  updated_at DATETIME,
  hash_expires_at DATETIME
);
CREATE INDEX invoice_client_id ON `invoice` (client_id);
CREATE TABLE `invoice_item` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  invoice_id BIGINT,
  type VARCHAR(100),
  rel_id TEXT,
  task VARCHAR(100),
  status VARCHAR(100),
  title VARCHAR(255),
  quantity BIGINT DEFAULT 1,
  price DOUBLE,
  charged BOOLEAN DEFAULT 0,
  taxed BOOLEAN DEFAULT 0,
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX invoice_item_invoice_id ON `invoice_item` (invoice_id);
CREATE TABLE `transaction` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  invoice_id BIGINT,
  gateway_id INT,
  txn_id VARCHAR(255),
  txn_status VARCHAR(255),
  amount VARCHAR(255),
  currency VARCHAR(10),
  type VARCHAR(255),
  status VARCHAR(255) DEFAULT 'received',
  ip VARCHAR(45),
  error TEXT,
  ipn TEXT,
  output TEXT,
  note TEXT,
  ipn_hash VARCHAR(64),
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX transaction_invoice_id ON `transaction` (invoice_id);
CREATE TABLE `support_ticket` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  support_helpdesk_id BIGINT,
  client_id BIGINT,
  access_hash VARCHAR(255),
  author_name VARCHAR(255),
  author_email VARCHAR(255),
  subject VARCHAR(255),
  status VARCHAR(30) DEFAULT 'open',
  rel_type VARCHAR(100),
  rel_id BIGINT,
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX support_ticket_client_id ON `support_ticket` (client_id);
CREATE TABLE `support_ticket_message` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  support_ticket_id BIGINT,
  client_id BIGINT,
  admin_id BIGINT,
  content TEXT,
  attachment VARCHAR(255),
  ip VARCHAR(45),
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX support_ticket_message_support_ticket_id ON `support_ticket_message` (support_ticket_id);
CREATE INDEX support_ticket_message_client_id ON `support_ticket_message` (client_id);
CREATE TABLE `support_ticket_note` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  support_ticket_id BIGINT,
  admin_id BIGINT,
  note TEXT,
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX support_ticket_note_support_ticket_id ON `support_ticket_note` (support_ticket_id);
CREATE TABLE `support_ticket_message_history` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  support_ticket_message_id BIGINT,
  admin_id BIGINT,
  content TEXT,
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX support_ticket_message_history_support_ticket_message_id ON `support_ticket_message_history` (support_ticket_message_id);
CREATE TABLE `service_domain` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  client_id BIGINT,
  sld VARCHAR(255),
  tld VARCHAR(100),
  transfer_code VARCHAR(255),
  contact_email VARCHAR(255),
  contact_first_name VARCHAR(255),
  contact_last_name VARCHAR(255),
  contact_address1 VARCHAR(255),
  contact_phone VARCHAR(255),
  registered_at DATETIME,
  expires_at DATETIME,
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX service_domain_client_id ON `service_domain` (client_id);
CREATE TABLE `service_hosting` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  client_id BIGINT,
  sld VARCHAR(255),
  tld VARCHAR(255),
  ip VARCHAR(45),
  username VARCHAR(255),
  pass VARCHAR(255),
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX service_hosting_client_id ON `service_hosting` (client_id);
CREATE TABLE `service_custom` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  client_id BIGINT,
  plugin VARCHAR(255),
  f1 TEXT,
  config TEXT,
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX service_custom_client_id ON `service_custom` (client_id);
CREATE TABLE `service_license` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  client_id BIGINT,
  license_key VARCHAR(255),
  ips TEXT,
  hosts TEXT,
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX service_license_client_id ON `service_license` (client_id);
CREATE TABLE `service_apikey` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  client_id BIGINT,
  api_key VARCHAR(255),
  config TEXT,
  created_at DATETIME,
  updated_at DATETIME
);
CREATE TABLE `service_downloadable` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  client_id BIGINT,
  filename VARCHAR(100),
  downloads INT,
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX service_downloadable_client_id ON `service_downloadable` (client_id);
CREATE TABLE `activity_client_history` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  client_id BIGINT,
  ip VARCHAR(45),
  created_at DATETIME
);
CREATE INDEX activity_client_history_client_id ON `activity_client_history` (client_id);
CREATE TABLE `activity_client_email` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  client_id BIGINT,
  sender VARCHAR(255),
  recipients TEXT,
  subject VARCHAR(255),
  content_html TEXT,
  content_text TEXT,
  attachment_name VARCHAR(255),
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX activity_client_email_client_id ON `activity_client_email` (client_id);
CREATE TABLE `activity_system` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  priority SMALLINT,
  admin_id BIGINT,
  client_id BIGINT,
  message TEXT,
  ip VARCHAR(45),
  created_at DATETIME
);
CREATE INDEX activity_system_client_id ON `activity_system` (client_id);
CREATE TABLE `email_queue` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  recipient VARCHAR(255),
  sender VARCHAR(255),
  subject VARCHAR(255),
  content TEXT,
  to_name VARCHAR(255),
  client_id INT,
  admin_id INT,
  status VARCHAR(20),
  created_at DATETIME,
  updated_at DATETIME
);
CREATE TABLE `subscription` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  client_id BIGINT,
  sid VARCHAR(255),
  rel_type VARCHAR(100),
  rel_id BIGINT,
  status VARCHAR(255),
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX subscription_client_id ON `subscription` (client_id);
CREATE TABLE `promo_redemption` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  promo_id BIGINT,
  client_id BIGINT,
  client_order_id BIGINT,
  invoice_id BIGINT,
  status VARCHAR(30),
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX promo_redemption_client_id ON `promo_redemption` (client_id);
CREATE TABLE `extension_meta` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  client_id BIGINT,
  extension VARCHAR(255),
  rel_type VARCHAR(255),
  rel_id VARCHAR(255),
  meta_key VARCHAR(255),
  meta_value TEXT,
  created_at DATETIME,
  updated_at DATETIME
);
CREATE INDEX extension_meta_client_id ON `extension_meta` (client_id);
CREATE TABLE `setting` (
  id BIGINT AUTO_INCREMENT PRIMARY KEY,
  param VARCHAR(255) UNIQUE,
  value TEXT,
  created_at DATETIME,
  updated_at DATETIME
);
