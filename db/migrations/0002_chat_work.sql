CREATE TABLE `chat_docs` (
	`id` integer PRIMARY KEY NOT NULL,
	`conversation_id` text NOT NULL,
	`message_id` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `chat_docs_message_id_unique` ON `chat_docs` (`message_id`);--> statement-breakpoint
CREATE INDEX `chat_docs_conversation` ON `chat_docs` (`conversation_id`);--> statement-breakpoint
ALTER TABLE `conversations` ADD `settings` text;--> statement-breakpoint
ALTER TABLE `conversations` ADD `leaf_id` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `parent_id` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `settings` text;--> statement-breakpoint
ALTER TABLE `messages` ADD `attachments` text;--> statement-breakpoint
ALTER TABLE `requests` ADD `user_agent` text;--> statement-breakpoint
UPDATE `messages` SET `parent_id` = (SELECT max(p.`id`) FROM `messages` p WHERE p.`conversation_id` = `messages`.`conversation_id` AND p.`id` < `messages`.`id`);--> statement-breakpoint
CREATE VIEW `chat_words` AS SELECT d.`id` AS `id`, CASE WHEN d.`message_id` IS NULL THEN c.`title` END AS `title`, m.`content` AS `words` FROM `chat_docs` d LEFT JOIN `conversations` c ON c.`id` = d.`conversation_id` LEFT JOIN `messages` m ON m.`id` = d.`message_id`;--> statement-breakpoint
CREATE VIRTUAL TABLE `chat_fts` USING fts5(`title`, `words`, content='chat_words', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3');--> statement-breakpoint
INSERT INTO `chat_docs` (`conversation_id`) SELECT `id` FROM `conversations` ORDER BY `id`;--> statement-breakpoint
INSERT INTO `chat_docs` (`conversation_id`, `message_id`) SELECT `conversation_id`, `id` FROM `messages` ORDER BY `id`;--> statement-breakpoint
INSERT INTO `chat_fts` (`chat_fts`) VALUES ('rebuild');--> statement-breakpoint
CREATE TRIGGER `chat_fts_message_added` AFTER INSERT ON `messages` BEGIN
	INSERT INTO `chat_docs` (`conversation_id`, `message_id`) VALUES (new.`conversation_id`, new.`id`);
	INSERT INTO `chat_fts` (`rowid`, `title`, `words`) SELECT `id`, NULL, new.`content` FROM `chat_docs` WHERE `message_id` = new.`id`;
END;--> statement-breakpoint
CREATE TRIGGER `chat_fts_message_changed` AFTER UPDATE OF `content` ON `messages` WHEN old.`content` IS NOT new.`content` BEGIN
	INSERT INTO `chat_fts` (`chat_fts`, `rowid`, `title`, `words`) SELECT 'delete', `id`, NULL, old.`content` FROM `chat_docs` WHERE `message_id` = old.`id`;
	INSERT INTO `chat_fts` (`rowid`, `title`, `words`) SELECT `id`, NULL, new.`content` FROM `chat_docs` WHERE `message_id` = new.`id`;
END;--> statement-breakpoint
CREATE TRIGGER `chat_fts_message_gone` BEFORE DELETE ON `messages` BEGIN
	INSERT INTO `chat_fts` (`chat_fts`, `rowid`, `title`, `words`) SELECT 'delete', `id`, NULL, old.`content` FROM `chat_docs` WHERE `message_id` = old.`id`;
	DELETE FROM `chat_docs` WHERE `message_id` = old.`id`;
END;--> statement-breakpoint
CREATE TRIGGER `chat_fts_title_added` AFTER INSERT ON `conversations` BEGIN
	INSERT INTO `chat_docs` (`conversation_id`) VALUES (new.`id`);
	INSERT INTO `chat_fts` (`rowid`, `title`, `words`) SELECT `id`, new.`title`, NULL FROM `chat_docs` WHERE `conversation_id` = new.`id` AND `message_id` IS NULL;
END;--> statement-breakpoint
CREATE TRIGGER `chat_fts_title_changed` AFTER UPDATE OF `title` ON `conversations` WHEN old.`title` IS NOT new.`title` BEGIN
	INSERT INTO `chat_fts` (`chat_fts`, `rowid`, `title`, `words`) SELECT 'delete', `id`, old.`title`, NULL FROM `chat_docs` WHERE `conversation_id` = old.`id` AND `message_id` IS NULL;
	INSERT INTO `chat_fts` (`rowid`, `title`, `words`) SELECT `id`, new.`title`, NULL FROM `chat_docs` WHERE `conversation_id` = new.`id` AND `message_id` IS NULL;
END;--> statement-breakpoint
CREATE TRIGGER `chat_fts_title_gone` BEFORE DELETE ON `conversations` BEGIN
	INSERT INTO `chat_fts` (`chat_fts`, `rowid`, `title`, `words`) SELECT 'delete', `id`, old.`title`, NULL FROM `chat_docs` WHERE `conversation_id` = old.`id` AND `message_id` IS NULL;
	DELETE FROM `chat_docs` WHERE `conversation_id` = old.`id` AND `message_id` IS NULL;
END;
