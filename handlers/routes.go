package handlers

import (
	"net/http"
	"strings"

	"fieldcare/evaluation"
	"fieldcare/internal/account"
	"fieldcare/internal/database"
	"fieldcare/scheduling"
)

// Who may call an operation. Which rows they find in it is in the SQL. An admin may all that a coordinator may.
const (
	everybody    = account.Shopper | account.Manager | account.Moderator | coordinators
	coordinators = account.Coordinator | account.Admin
	admins       = account.Admin
	shoppers     = account.Shopper
	// visitors are those who have to do with visits to be made; a manager learns not even that one is planned.
	visitors = account.Shopper | coordinators
	// readers see branches and what was found there, each their own part of it.
	readers = account.Shopper | account.Manager | coordinators
	// reporters read reports.
	reporters = account.Manager | coordinators
	// leaders hold focus groups: a moderator finds the own sessions.
	leaders = account.Moderator | coordinators
	// groupReporters read reports of focus groups: a manager those that concern the own branches.
	groupReporters = account.Manager | leaders
)

const (
	get    = http.MethodGet
	post   = http.MethodPost
	put    = http.MethodPut
	patch  = http.MethodPatch
	remove = http.MethodDelete
)

// routes is the whole surface: method, path, who may, what is called.
func (s *Server) routes() {
	public(s, post, "/session", s.signIn, "Sign in", begins, proves, limited)
	public(s, post, "/session/refresh", s.refreshSession, "Spend the refresh token for the next pair of tokens", spends, proves)
	public(s, remove, "/session", s.signOut, "Sign out", spends)
	public(s, post, "/password-reset", s.requestReset, "Ask for a link that sets a new password; the answer is the same whether there is such a user or not", limited)
	public(s, post, "/password-reset/confirm", s.confirmReset, "Set the password with a mailed link")

	route(s, get, "/me", everybody, s.readMe, "Who is signed in")
	route(s, patch, "/me", everybody, s.changeMe, "Change the own name or language, or what is mailed")
	route(s, post, "/me/password", everybody, s.changePassword, "Change the own password; ends all other sessions", limited)

	route(s, get, "/me/calendar", leaders, s.readOwnCalendar, "Read the secret link of the own calendar of sessions")
	route(s, post, "/me/calendar/renew", leaders, s.renewOwnCalendar, "Make another link of the own calendar; the one before opens nothing any more")

	route(s, get, "/users", coordinators, s.listUsers, "List users by name")
	route(s, post, "/users", coordinators, s.addUser, "Add a user, who is mailed a link that sets the first password", created)
	route(s, post, "/users/import", coordinators, s.importUsers, "Add the users of a CSV file, all or none", accepts(maxImportBytes))
	route(s, get, "/users/{id}", coordinators, s.readUser, "Read a user")
	route(s, patch, "/users/{id}", coordinators, s.changeUser, "Change or disable a user; it acts at once", conflicts)
	route(s, get, "/users/{id}/sessions", admins, s.listUserSessions, "List a user's open sessions")
	route(s, get, "/audit", admins, s.listAudit, "Read the audit trail, newest first")
	route(s, get, "/mails", admins, s.listMails, "Read what was mailed and what became of it, newest first")
	route(s, get, "/settings", coordinators, s.readSettings, "Read the organisation's settings")
	route(s, patch, "/settings", admins, s.changeSettings, "Change the organisation's settings")
	route(s, get, "/settings/logo", everybody, s.readLogo, "Read the organisation's logo", sends("image/png", "The logo, at most 600 × 240 pixels, without transparency"), mayBeMissing)
	route(s, put, "/settings/logo", admins, s.putLogo, "Set the organisation's logo; repeatable", accepts(evaluation.MaxLogo+1))
	route(s, remove, "/settings/logo", admins, s.removeLogo, "Take the organisation's logo away; repeatable")

	route(s, get, "/branches", readers, s.listBranches, "List branches by code; a manager gets each with its last score, its mean and its trend",
		answersAnyOf(s, database.Page[evaluation.Branch]{}, database.Page[evaluation.BranchOverview]{}, database.Page[evaluation.VisitedBranch]{}))
	route(s, post, "/branches", coordinators, s.addBranch, "Add a branch", created)
	route(s, post, "/branches/import", coordinators, s.importBranches, "Add the branches of a CSV file, all or none", accepts(maxImportBytes))
	route(s, get, "/branches/overview.csv", reporters, s.downloadOverview, "Download the overview of branches",
		sends("text/csv", "RFC 4180, UTF-8 with a byte-order mark. The columns: "+strings.Join(evaluation.OverviewColumns, ", ")))
	route(s, get, "/branches/{id}", readers, s.readBranch, "Read a branch", answersAnyOf(s, evaluation.Branch{}, evaluation.VisitedBranch{}))
	route(s, patch, "/branches/{id}", coordinators, s.changeBranch, "Change a branch", conflicts)
	route(s, get, "/branches/{id}/report", reporters, s.readBranchReport, "Read a branch's report")
	route(s, get, "/branches/{id}/report.pdf", reporters, s.downloadBranchReport, "Download a branch's report", sends("application/pdf", "The report, A4"))

	route(s, get, "/targets", reporters, s.listTargets, "List targets by the day by which they are to be reached")
	route(s, post, "/targets", coordinators, s.addTarget, "Add a target", created)
	route(s, get, "/targets/{id}", reporters, s.readTarget, "Read a target")
	route(s, patch, "/targets/{id}", coordinators, s.changeTarget, "Change a target", conflicts)
	route(s, remove, "/targets/{id}", coordinators, s.removeTarget, "Remove a target")

	route(s, get, "/venues", coordinators, s.listVenues, "List venues by name")
	route(s, post, "/venues", coordinators, s.addVenue, "Add a venue", created)
	route(s, get, "/venues/{id}", coordinators, s.readVenue, "Read a venue with its rooms")
	route(s, patch, "/venues/{id}", coordinators, s.changeVenue, "Change a venue")
	route(s, post, "/venues/{id}/rooms", coordinators, s.addRoom, "Add a room to a venue", created)
	route(s, get, "/rooms/{id}", coordinators, s.readRoom, "Read a room")
	route(s, patch, "/rooms/{id}", coordinators, s.changeRoom, "Change a room", conflicts)

	route(s, get, "/rooms/{id}/calendar", coordinators, s.readRoomCalendar, "Read the secret link of a room's calendar of sessions")
	route(s, post, "/rooms/{id}/calendar/renew", coordinators, s.renewRoomCalendar, "Make another link of a room's calendar; the one before opens nothing any more")

	route(s, get, "/studies", coordinators, s.listStudies, "List studies, the latest added first")
	route(s, post, "/studies", coordinators, s.addStudy, "Add a study", created)
	route(s, get, "/studies/{id}", coordinators, s.readStudy, "Read a study")
	route(s, patch, "/studies/{id}", coordinators, s.changeStudy, "Change a study", conflicts)

	route(s, get, "/focus-groups", leaders, s.listFocusGroups, "List focus groups in the order in which they start; a moderator gets the own sessions",
		answersAnyOf(s, database.Page[scheduling.FocusGroup]{}, database.Page[scheduling.ModeratedGroup]{}))
	route(s, post, "/focus-groups", coordinators, s.addFocusGroup, "Add a focus group as a draft", created)
	route(s, get, "/focus-groups/{id}", leaders, s.readFocusGroup, "Read a focus group; a moderator reads an own session with the topic guide",
		answersAnyOf(s, scheduling.FocusGroup{}, scheduling.ModeratedGroup{}))
	route(s, patch, "/focus-groups/{id}", coordinators, s.changeFocusGroup, "Change a draft, or change or move a scheduled focus group", conflicts)
	route(s, post, "/focus-groups/{id}/schedule", coordinators, s.scheduleFocusGroup, "Schedule a draft: room, moderator and assistants are kept for it", conflicts)
	route(s, post, "/focus-groups/{id}/cancel", coordinators, s.cancelFocusGroup, "Cancel a draft or a scheduled focus group", conflicts)
	route(s, post, "/focus-groups/{id}/close", coordinators, s.closeFocusGroup, "Close a focus group that has begun", conflicts)

	route(s, get, "/attributes", coordinators, s.listAttributes, "List attributes by name")
	route(s, post, "/attributes", coordinators, s.addAttribute, "Add an attribute that participants can have", created)
	route(s, patch, "/attributes/{id}", coordinators, s.changeAttribute, "Change an attribute", conflicts)
	route(s, get, "/participants", coordinators, s.listParticipants, "List the panel by name, without contact data")
	route(s, post, "/participants", coordinators, s.addParticipant, "Add a participant to the panel", created)
	route(s, post, "/participants/import/preview", coordinators, s.previewParticipants, "See what an import of participants would do; it does nothing", accepts(maxImportBytes))
	route(s, post, "/participants/import", coordinators, s.importParticipants, "Add the participants of a CSV or XLSX file, all or none", created, accepts(maxImportBytes))
	route(s, get, "/participants/export.csv", coordinators, s.exportParticipants, "Download the panel as CSV; the audit trail notes it",
		sends("text/csv", "RFC 4180, UTF-8 with a byte-order mark; the columns are those of an import"))
	route(s, get, "/participants/export.xlsx", coordinators, s.exportParticipantsWorkbook, "Download the panel as XLSX; the audit trail notes it",
		sends(workbookType, "The columns are those of an import"))
	route(s, get, "/participants/{id}/data", coordinators, s.readPersonalData, "Download everything that is held on a participant; the audit trail notes it")
	route(s, post, "/participants/{id}/erase", coordinators, s.eraseParticipant, "Erase what is held on a participant; repeatable", conflicts)
	route(s, get, "/participants/{id}", coordinators, s.readParticipant, "Read a participant, with consents, probable duplicates and history; the audit trail notes it")
	route(s, patch, "/participants/{id}", coordinators, s.changeParticipant, "Change a participant", conflicts)
	route(s, get, "/participants/{id}/needs", coordinators, s.readNeeds, "Read a participant's accessibility and diet needs; the audit trail notes it")
	route(s, put, "/participants/{id}/needs", coordinators, s.putNeeds, "Keep a participant's needs, under their consent", conflicts)
	route(s, remove, "/participants/{id}/needs", coordinators, s.removeNeeds, "Take a participant's needs away; repeatable")
	route(s, post, "/participants/{id}/consents", coordinators, s.recordConsent, "Record a consent", created)
	route(s, post, "/participants/{id}/consents/{consent_id}/withdraw", coordinators, s.withdrawConsent, "Withdraw a consent; repeatable")

	route(s, get, "/checklists", coordinators, s.listChecklists, "List checklists by title")
	route(s, post, "/checklists", coordinators, s.addChecklist, "Add a checklist as a draft", created, ownChecks)
	route(s, get, "/checklists/{id}", coordinators, s.readChecklist, "Read a checklist with its draft")
	route(s, put, "/checklists/{id}", coordinators, s.putChecklist, "Replace a checklist's draft", ownChecks)
	route(s, post, "/checklists/{id}/publish", coordinators, s.publishChecklist, "Publish the draft as the next version; all its faults are listed at once")
	route(s, post, "/checklists/{id}/copy", coordinators, s.copyChecklist, "Add a checklist whose draft is a copy of this one's", created)
	route(s, get, "/checklists/{id}/versions/{n}", readers, s.readVersion, "Read a published version; a shopper gets it without what it scores")
	route(s, post, "/checklists/{id}/score", coordinators, s.scoreAnswers, "Score answers that nobody hands in")

	route(s, get, "/visits", visitors, s.listVisits, "List visits in the order in which they open")
	route(s, post, "/visits", coordinators, s.planVisit, "Plan a visit, and offer it where a shopper is named", created)
	route(s, post, "/visits/many", coordinators, s.planManyVisits, "Plan many visits at once, all or none", created)
	route(s, post, "/visits/import", coordinators, s.importVisits, "Plan the visits of a CSV file, all or none", created, accepts(maxImportBytes))
	route(s, get, "/visits/{id}", visitors, s.readVisit, "Read a visit")
	route(s, get, "/visits/{id}/moves", coordinators, s.listVisitMoves, "Read who moved a visit, when and why")
	route(s, patch, "/visits/{id}", coordinators, s.changeVisit, "Change a visit that was not made yet; its shopper is told", conflicts)
	route(s, post, "/visits/{id}/offer", coordinators, s.offerVisit, "Offer a visit to a shopper", conflicts)
	route(s, post, "/visits/{id}/accept", shoppers, s.acceptVisit, "Accept a visit", conflicts)
	route(s, post, "/visits/{id}/decline", shoppers, s.declineVisit, "Decline a visit", conflicts)
	route(s, post, "/visits/{id}/release", visitors, s.releaseVisit, "Give an accepted visit back, or take it back", conflicts)
	route(s, post, "/visits/{id}/cancel", coordinators, s.cancelVisit, "Cancel a visit", conflicts)

	route(s, put, "/photos/{sha256}", shoppers, s.putPhoto, "Upload a photo; repeatable", accepts(maxPhotoBytes+1))
	route(s, get, "/evaluations", readers, s.listEvaluations, "List evaluations: the queue for review, a shopper's own, or those published to a branch",
		answersAnyOf(s, database.Page[evaluation.Summary]{}, database.Page[evaluation.OwnEvaluation]{}, database.Page[evaluation.PublishedEvaluation]{}))
	route(s, post, "/evaluations", shoppers, s.submitEvaluation, "Hand in an evaluation; repeatable", created, ownChecks, mayBeMissing)
	route(s, post, "/evaluations/import", coordinators, s.importEvaluations, "Hand in the evaluations of a file that a shopper saved on the phone; repeatable", accepts(evaluation.MaxUnsentWork+1))
	route(s, get, "/evaluations/{id}", readers, s.readEvaluation, "Read an evaluation: whole, as its shopper, or as its branch",
		answersAnyOf(s, evaluation.Evaluation{}, evaluation.OwnEvaluation{}, evaluation.PublishedEvaluation{}))
	route(s, get, "/evaluations/{id}/photos/{n}", readers, s.readPhoto, "Read a photo of an evaluation", sends("image/jpeg", "The photo, upright, without metadata"))
	route(s, get, "/evaluations/{id}/report", reporters, s.readEvaluationReport, "Read the report of one visit as its branch gets it; coordinators preview it before they approve")
	route(s, get, "/evaluations/{id}/report.pdf", reporters, s.downloadEvaluationReport, "Download the report of one visit", sends("application/pdf", "The report with its photos, A4"))
	route(s, post, "/evaluations/{id}/revisions", shoppers, s.reviseEvaluation, "Hand in a revision of a returned evaluation; repeatable", created, ownChecks)
	route(s, post, "/evaluations/{id}/approve", coordinators, s.approveEvaluation, "Approve an evaluation, with a grade", reviews)
	route(s, post, "/evaluations/{id}/return", coordinators, s.returnEvaluation, "Return an evaluation, naming questions", reviews)
	route(s, post, "/evaluations/{id}/reject", coordinators, s.rejectEvaluation, "Reject an evaluation for good", reviews)
	route(s, post, "/evaluations/{id}/reopen", coordinators, s.reopenEvaluation, "Take an approval back", conflicts)
	route(s, put, "/evaluations/{id}/publication", coordinators, s.putPublication, "Replace texts or leave out photos for the branch", conflicts)

	route(s, get, "/focus-groups/{id}/call-list", coordinators, s.listCalls, "List who accepted and, a day before, has not confirmed; the audit trail notes it")
	route(s, get, "/focus-groups/{id}/attendance", leaders, s.readAttendance, "Read who came to a focus group; moderators see first names")
	route(s, get, "/focus-groups/{id}/attendance/{invitation_id}", leaders, s.readAttendanceHistory, "Read everything that was recorded of one participant at the door")
	route(s, put, "/focus-groups/{id}/attendance/{invitation_id}", leaders, s.recordAttendance, "Record what was seen of a participant at the door; repeatable", created)
	route(s, get, "/focus-groups/{id}/attendance/{invitation_id}/code.png", leaders, s.readCheckInCode, "Read the QR code by which a participant is checked in", sends("image/png", "The QR code"))
	route(s, post, "/focus-groups/{id}/check-in", leaders, s.checkIn, "Check a participant in by the code of the confirmation; repeatable", created)
	route(s, get, "/focus-groups/{id}/day-sheet.pdf", leaders, s.downloadDaySheet, "Download the day sheet of a focus group; moderators get first names", sends("application/pdf", "The day sheet, A4, with columns to write in"))
	route(s, get, "/focus-groups/{id}/report", groupReporters, s.readFocusGroupReport, "Read a focus group's report")
	route(s, get, "/focus-groups/{id}/report.pdf", groupReporters, s.downloadFocusGroupReport, "Download a focus group's report", sends("application/pdf", "The report, A4"))
	route(s, post, "/focus-groups/{id}/walk-ins", leaders, s.letIn, "Let somebody in who was not expected; repeatable", created)
	route(s, get, "/focus-groups/{id}/costs", coordinators, s.readCosts, "Read what a focus group costs")
	route(s, post, "/focus-groups/{id}/costs", coordinators, s.addCost, "Add a cost", created)
	route(s, patch, "/costs/{id}", coordinators, s.changeCost, "Change a cost that is not paid", conflicts)
	route(s, remove, "/costs/{id}", coordinators, s.removeCost, "Remove a cost that was never paid", conflicts)
	route(s, post, "/costs/{id}/pay", coordinators, s.payCost, "Say that a cost is paid", conflicts)
	route(s, post, "/costs/{id}/undo-payment", coordinators, s.undoPayment, "Take a payment back, with a reason", conflicts)
	route(s, put, "/costs/{id}/receipt", coordinators, s.putReceipt, "Add a cost's receipt; repeatable", accepts(scheduling.MaxReceipt+1), conflicts)
	route(s, get, "/costs/{id}/receipt", coordinators, s.readReceipt, "Download a cost's receipt", sends("image/jpeg", "A photo, upright and without metadata, or a PDF as it came; to be saved, never shown in a page", "application/pdf"))
	route(s, remove, "/costs/{id}/receipt", coordinators, s.removeReceipt, "Take a cost's receipt away; repeatable", conflicts)
	route(s, get, "/studies/{id}/budget", coordinators, s.readBudget, "Read what a study may cost, costs, and will have cost")
	route(s, get, "/focus-groups/{id}/findings", leaders, s.listFindings, "List what was found, by position")
	route(s, post, "/focus-groups/{id}/findings", leaders, s.addFinding, "Add a finding", created)
	route(s, patch, "/findings/{id}", leaders, s.changeFinding, "Change a finding")
	route(s, remove, "/findings/{id}", leaders, s.removeFinding, "Remove a finding")
	route(s, get, "/focus-groups/{id}/actions", leaders, s.listActions, "List what is done about it, by the day by which it is due")
	route(s, post, "/focus-groups/{id}/actions", leaders, s.addAction, "Add an action with its one owner", created)
	route(s, get, "/actions", reporters, s.listOwnActions, "List the own actions by the day by which they are due")
	route(s, patch, "/actions/{id}", groupReporters, s.changeAction, "Change an action, or move it on; who owns it moves it on and says what came of it", conflicts,
		answersAnyOf(s, scheduling.Action{}, scheduling.OwnAction{}))
	route(s, get, "/focus-groups/{id}/invitations", coordinators, s.listInvitations, "List a focus group's invitations by the participants' names")
	route(s, post, "/focus-groups/{id}/invitations", coordinators, s.inviteParticipants, "Draft invitations for many participants at once; repeatable", conflicts)
	route(s, post, "/focus-groups/{id}/invitations/send", coordinators, s.sendInvitations, "Send a focus group's drafts, or write once more to those who did not answer", conflicts)
	route(s, get, "/focus-groups/{id}/waiting-list", coordinators, s.readWaitingList, "Read who waits for a seat, and why a seat was offered to whom")
	route(s, get, "/focus-groups/{id}/forecast", coordinators, s.readForecast, "Read who is likely to come, and how many to invite")
	route(s, get, "/invitations/{id}", coordinators, s.readInvitation, "Read an invitation")
	route(s, get, "/invitations/{id}/moves", coordinators, s.listInvitationMoves, "Read who moved an invitation, when and why")
	route(s, post, "/invitations/{id}/send", coordinators, s.sendInvitation, "Send an invitation, or send it once more", conflicts)
	route(s, post, "/invitations/{id}/answer", coordinators, s.answerInvitation, "Record what a participant answered by phone; repeatable", conflicts)
	route(s, post, "/invitations/{id}/withdraw", coordinators, s.withdrawInvitation, "Take an invitation back; who was sent it is told. Repeatable", conflicts)
	route(s, post, "/invitations/{id}/override", coordinators, s.overrideExclusion, "Set the rules of exclusion aside for somebody who is asked already; repeatable", conflicts)
	route(s, post, "/invitations/{id}/move", coordinators, s.moveInvitation, "Ask the participant to another focus group of the study instead", conflicts)
	route(s, get, "/invitations/{id}/calls", coordinators, s.listCallsMade, "Read the log of calls about an invitation")
	route(s, post, "/invitations/{id}/calls", coordinators, s.addCall, "Note that the participant was called; repeatable", created)
}
