DROP TABLE `chat_fts`;--> statement-breakpoint
CREATE VIRTUAL TABLE `chat_fts` USING fts5(`title`, `words`, content='chat_words', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3 4 5');--> statement-breakpoint
INSERT INTO `chat_fts` (`chat_fts`) VALUES ('rebuild');
