CREATE TABLE `hook_runs` (
	`id` text PRIMARY KEY NOT NULL,
	`activity_id` text,
	`phase` text NOT NULL,
	`name` text NOT NULL,
	`type` text NOT NULL,
	`state` text NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`exit_code` integer,
	`output` text NOT NULL,
	`error` text
);
--> statement-breakpoint
CREATE INDEX `hook_runs_name` ON `hook_runs` (`name`,`started_at`);--> statement-breakpoint
CREATE TABLE `locks` (
	`id` text PRIMARY KEY NOT NULL,
	`created_at` integer NOT NULL,
	`origin` text NOT NULL,
	`activity_id` text,
	`sha256` text NOT NULL,
	`document` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `settings` (
	`key` text PRIMARY KEY NOT NULL,
	`value` text NOT NULL,
	`updated_at` integer NOT NULL
);
--> statement-breakpoint
ALTER TABLE `requests` ADD `prompt_ms` real;--> statement-breakpoint
ALTER TABLE `requests` ADD `queue_ms` real;--> statement-breakpoint
ALTER TABLE `requests` ADD `load_ms` real;--> statement-breakpoint
ALTER TABLE `requests` ADD `lock_sha256` text;--> statement-breakpoint
ALTER TABLE `requests` ADD `cost` text;