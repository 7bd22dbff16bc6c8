//! The rows of all read tables.
//!
//! Each is a projection of events, computed by `project` and compared by `dingce store rebuild --check`. Tables whose
//! name begins with `public_` are all that the public endpoint can read; they are filled by acts of publication only.
//! Members that end in `_json` hold the serde form of domain values; ids, dates and words are in their printed form.

crate::read_rows! {
    /// A case: what lists, gates and checklists need, so that no list replays a stream.
    CaseRow in "case_view" key [case_id] indexes [[organ, updated_at], [undertaking_unit, updated_at], [executing_unit, updated_at], [evaluating_unit, updated_at], [ending, updated_at], [entry]] {
        /// Id.
        case_id: String,
        /// Decision organ.
        organ: String,
        /// Name of the matter.
        title: String,
        /// Class of decision.
        class: String,
        /// Undertaking unit.
        undertaking_unit: String,
        /// Executing unit, once issued.
        executing_unit: Option<String>,
        /// Unit named to evaluate the decision.
        evaluating_unit: Option<String>,
        /// The case whose decision this one would take the place of.
        adjusts: Option<String>,
        /// Catalogue entry.
        entry: Option<String>,
        /// Hash of the definition.
        definition: String,
        /// `running`, `terminated`, `not_adopted` or `closed`.
        ending: String,
        /// Adoption of the draft.
        adoption: String,
        /// Names of the stages under way, in order.
        stages_json: String,
        /// Current draft version.
        draft: Option<String>,
        /// Its number; 0 before the first.
        draft_number: i64,
        /// Whether an irregularity is open.
        irregular: bool,
        /// How many irregularities were recorded, open and cured.
        irregularities: i64,
        /// The case without free text: control, facts, hats, clocks.
        state_json: String,
        /// Number of the last event.
        n: i64,
        /// When it was opened.
        opened_at: i64,
        /// When the last event was recorded.
        updated_at: i64,
    }

    /// A version of a draft.
    DraftRow in "draft_view" key [draft] indexes [[case_id, number]] {
        /// Id.
        draft: String,
        /// Case.
        case_id: String,
        /// Number.
        number: i64,
        /// How it relates to the one before.
        change: String,
        /// What changed and why.
        reason: String,
        /// Documents.
        documents_json: String,
        /// Who added it.
        added_by: Option<String>,
        /// When.
        added_at: i64,
    }

    /// An opinion, report, conclusion, position, decision or reply, or the reason of an act.
    OpinionRow in "opinion_view" key [event] indexes [[case_id, n]] {
        /// The event.
        event: String,
        /// Case.
        case_id: String,
        /// Number of the event.
        n: i64,
        /// Kind of event.
        kind: String,
        /// Stage.
        stage: Option<String>,
        /// Draft version.
        draft: Option<String>,
        /// Opinion code.
        opinion: Option<String>,
        /// Whose: for positions the member's, of what was entered the expert's or adviser's, where they have an account;
        /// else the actor's.
        person: Option<String>,
        /// Who entered it for them, from paper.
        entered_by: Option<String>,
        /// The text.
        text: String,
        /// What was said beside it.
        details_json: String,
        /// When recorded.
        recorded_at: i64,
    }

    /// An item of drafting as it was answered for; the newest of an item stands.
    DraftingRow in "drafting_view" key [event] indexes [[case_id, n]] {
        /// The event.
        event: String,
        /// Case.
        case_id: String,
        /// Number of the event.
        n: i64,
        /// Which item.
        item: String,
        /// Draft version that it is about.
        draft: String,
        /// Whether it is in order.
        in_order: bool,
        /// What it says.
        content_json: String,
        /// Documents.
        documents_json: String,
        /// Who recorded it.
        person: Option<String>,
        /// When recorded.
        recorded_at: i64,
    }

    /// A step of a legality review: what was submitted, advised, asked for, concluded or answered.
    LegalityRow in "legality_view" key [event] indexes [[case_id, n]] {
        /// The event.
        event: String,
        /// Case.
        case_id: String,
        /// Number of the event.
        n: i64,
        /// Round of review, from 1.
        round: i64,
        /// Kind of event.
        kind: String,
        /// What was given.
        given_json: String,
        /// Who did it.
        person: Option<String>,
        /// When recorded.
        recorded_at: i64,
    }

    /// A document of a case.
    DocumentRow in "document_view" key [case_id, digest] indexes [[digest]] {
        /// Case.
        case_id: String,
        /// Digest.
        digest: String,
        /// Name.
        name: String,
        /// Media type.
        media_type: String,
        /// Size.
        size_bytes: i64,
        /// Stage it came in.
        stage: Option<String>,
        /// Number of the event it came with.
        n: i64,
        /// Whether an act of publication released it to the public.
        released: bool,
        /// How it is disclosed, once a review for release said.
        disclosure: Option<String>,
        /// The article that rests on; empty where it is published.
        disclosure_basis: Option<String>,
        /// Who reviewed it.
        reviewed_by: Option<String>,
        /// Number of the event of the review.
        reviewed_n: Option<i64>,
        /// When it is to be looked at again.
        again_on: Option<String>,
        /// Where its paper original lies.
        paper_json: Option<String>,
    }

    /// A clock of a case that runs, is paused, or ran out without its act, in a volume that is open.
    ClockRow in "clock_view" key [case_id, clock] indexes [[holder, due_on], [due_on], [organ, state, due_on]] {
        /// Case.
        case_id: String,
        /// Clock.
        clock: String,
        /// Decision organ of the case.
        organ: String,
        /// Undertaking unit of the case.
        undertaking_unit: String,
        /// Executing unit of the case, once issued.
        executing_unit: Option<String>,
        /// Unit named to evaluate the decision.
        evaluating_unit: Option<String>,
        /// Hash of the definition of the case.
        definition: String,
        /// `floor`, `cap`, `backward`, `guaranteed`.
        kind: String,
        /// Who holds the matter.
        holder: String,
        /// First day.
        started_on: String,
        /// Last day; absent while paused or pending.
        due_on: Option<String>,
        /// `running`, `paused`, `pending`, `ended`, or `overdue` where the act is not done.
        state: String,
        /// Whether it runs and it is on the record that its last day is near.
        due_soon: bool,
        /// The clock in full.
        run_json: String,
    }

    /// What became of the clocks of a case, event by event: who held the matter when, and what ended it.
    ClockEventRow in "clock_event_view" key [case_id, n] indexes [] {
        /// Case.
        case_id: String,
        /// Number of the event.
        n: i64,
        /// Kind of event.
        kind: String,
        /// Day: the one that the act states, else the one on which it was done.
        day: String,
        /// Clock; absent for acts that state a day, and for the closing of a volume.
        clock: Option<String>,
        /// Who holds the matter, where a clock starts.
        holder: Option<String>,
        /// Volume that a started clock is filed in, or that is closed.
        volume: Option<String>,
        /// The act that it follows from; absent where time alone did it.
        cause: Option<String>,
        /// The clock in full after the event, where the event says it.
        run_json: Option<String>,
    }

    /// Who held a matter, from when until when, against which clock. One role's hold of one clock is one row; as it was known
    /// earlier it is read from `hold_json`. What is overdue of some units is found by the unit to which the role is bound, or by the role;
    /// there is no index in the order of the answer, for by that a unit with nothing overdue would be told so after all of its organ's.
    HoldRow in "hold_view" key [case_id, n, clock] indexes [] where overdue [undertaking_unit, holder],
        overdue [executing_unit, holder], overdue [evaluating_unit, holder],
        overdue [unit, holder], overdue [holder, definition] {
        /// Case.
        case_id: String,
        /// Number of the event that began it.
        n: i64,
        /// Clock.
        clock: String,
        /// Decision organ of the case.
        organ: String,
        /// Hash of the definition of the case.
        definition: String,
        /// Undertaking unit of the case, as it was.
        undertaking_unit: String,
        /// Executing unit of the case, as it was.
        executing_unit: Option<String>,
        /// Unit named to evaluate the decision, as it was.
        evaluating_unit: Option<String>,
        /// Role that held the matter.
        holder: String,
        /// The day on which it began.
        from_on: String,
        /// The day on which it ended.
        to_on: Option<String>,
        /// Last day of the clock; absent while paused or pending.
        due_on: Option<String>,
        /// Whether the last day passed without the act.
        overdue: bool,
        /// Calendar days of pauses in it; absent while it goes on.
        paused_days: Option<i64>,
        /// Calendar days after the last day; absent while it goes on.
        overrun_days: Option<i64>,
        /// Who ended it.
        person: Option<String>,
        /// For which unit they did.
        unit: Option<String>,
        /// All of it.
        hold_json: String,
    }

    /// The position that a member took at a meeting, whoever entered it.
    PositionRow in "position_view" key [event] indexes [[case_id, n]] where against [member, recorded_at, event] {
        /// The event.
        event: String,
        /// Case.
        case_id: String,
        /// Decision organ of the case.
        organ: String,
        /// Number of the event.
        n: i64,
        /// Whose.
        member: String,
        /// Which.
        position: String,
        /// Whether it is a dissent or a reservation.
        against: bool,
        /// What was said.
        statement: String,
        /// Draft version that was before the meeting.
        draft: Option<String>,
        /// The meeting.
        meeting: String,
        /// Who entered it.
        entered_by: Option<String>,
        /// When it was taken, where it was entered afterwards.
        occurred_on: Option<String>,
        /// When recorded.
        recorded_at: i64,
    }

    /// Who is or was appointed as an expert in a case: what lists of an expert hold.
    ExpertSeatRow in "expert_seat_view" key [case_id, person] indexes [[person]] {
        /// Case.
        case_id: String,
        /// The expert's account.
        person: String,
    }

    /// An irregularity.
    IrregularityRow in "irregularity_view" key [irregularity] indexes [[case_id, n]] {
        /// Id.
        irregularity: String,
        /// Case.
        case_id: String,
        /// Number of its event.
        n: i64,
        /// What was done.
        verb: String,
        /// Which rules it broke.
        broken_json: String,
        /// Whether it is open.
        open: bool,
        /// Number of the event that cured it.
        cured_n: Option<i64>,
    }

    /// A consultation.
    ConsultationRow in "consultation_view" key [consultation] indexes [[case_id]] {
        /// Id.
        consultation: String,
        /// Case.
        case_id: String,
        /// Draft version.
        draft: String,
        /// First day.
        opens_on: String,
        /// Last day.
        closes_on: String,
        /// Whether closing is recorded.
        closed: bool,
        /// Comments in time.
        received: i64,
        /// Comments after the last day.
        late: i64,
        /// Comments in time without answer.
        unanswered: i64,
        /// Comments that suggest a hearing.
        hearing_suggestions: i64,
    }

    /// A comment, without identity or contact of its sender.
    CommentRow in "comment_view" key [comment_id] indexes [[consultation, n]] {
        /// Id.
        comment_id: String,
        /// Consultation.
        consultation: String,
        /// Number of its event.
        n: i64,
        /// How it came.
        channel: String,
        /// Clause.
        clause: String,
        /// Text.
        text: String,
        /// Whether it came after the last day.
        late: bool,
        /// Whether it suggests a hearing.
        suggests_hearing: bool,
        /// When.
        received_at: i64,
    }

    /// The answer to a comment.
    CommentAnswerRow in "comment_answer_view" key [comment_id] indexes [[consultation]] {
        /// Comment.
        comment_id: String,
        /// Consultation.
        consultation: String,
        /// How it was taken up.
        uptake: String,
        /// Why.
        reason: String,
        /// Who answered.
        answered_by: Option<String>,
        /// When.
        answered_at: i64,
    }

    /// A hearing of a case.
    HearingRow in "hearing_view" key [hearing] indexes [[case_id]] {
        /// Id.
        hearing: String,
        /// Case.
        case_id: String,
        /// Draft version.
        draft: String,
        /// A word of `HearingState`.
        state: String,
        /// Day of the hearing.
        held_on: String,
        /// The hearing in full.
        file_json: String,
    }

    /// Applications to a hearing, in numbers.
    HearingIntakeRow in "hearing_intake_view" key [hearing] indexes [[case_id]] {
        /// Hearing.
        hearing: String,
        /// Case.
        case_id: String,
        /// First day.
        opens_on: String,
        /// Last day.
        closes_on: String,
        /// The instant that fixes the seed.
        draw_at: i64,
        /// How many came.
        received: i64,
        /// Why applicants were left out, by code.
        excluded_json: String,
        /// Whether closing is recorded.
        closed: bool,
        /// Whether the hearing was cancelled.
        ended: bool,
        /// The checkpoint that fixed the seed.
        checkpoint_json: Option<String>,
    }

    /// An application to a hearing, without identity or contact of the applicant.
    HearingApplicationRow in "hearing_application_view" key [application] indexes [[hearing, n]] {
        /// Id.
        application: String,
        /// Hearing.
        hearing: String,
        /// Code.
        code: String,
        /// Number of its event.
        n: i64,
        /// Group of seats.
        seat_group: String,
        /// How it came.
        channel: String,
        /// As on the public list.
        shown_as: String,
        /// What the matter is to them.
        stake: String,
        /// When.
        received_at: i64,
    }

    /// A catalogue: its list in force, and the draft under way.
    CatalogueRow in "catalogue_view" key [catalogue] indexes [[organ, year]] {
        /// Id.
        catalogue: String,
        /// Organ.
        organ: String,
        /// `decision_catalogue` or `hearing_catalogue`.
        kind: String,
        /// Year.
        year: i64,
        /// Batch of the year, from 1.
        batch: i64,
        /// Title.
        title: String,
        /// Document number.
        doc_no: Option<String>,
        /// `draft`, `published` or `adjusting`.
        state: String,
        /// Number of the version in force; 0 before the first.
        version: i64,
        /// Day of publication of the version in force, where known to the day.
        published_on: Option<String>,
        /// Consent of the executive meeting to the version in force.
        government_consent: bool,
        /// Consent of the Party committee to the version in force.
        party_consent: bool,
        /// Whether the version in force lacks a consent that is needed.
        consent_missing: bool,
        /// What a reader of the version in force must know.
        flags_json: String,
        /// Number of entries in force.
        entries: i64,
        /// Last day for reports on unfinished entries.
        report_by: Option<String>,
        /// The draft under way.
        draft_json: Option<String>,
        /// What holds for it.
        rules_json: String,
        /// What a print says besides; absent for catalogues made here.
        printed_json: Option<String>,
        /// Number of the last event.
        n: i64,
    }

    /// A published version of a catalogue.
    CatalogueVersionRow in "catalogue_version_view" key [catalogue, number] indexes [[organ]] {
        /// Catalogue.
        catalogue: String,
        /// Its number, from 1.
        number: i64,
        /// Organ.
        organ: String,
        /// The version in full.
        version_json: String,
    }

    /// An entry that a version of a catalogue has or had.
    EntryRow in "entry_view" key [entry] indexes [[catalogue, position], [organ, year, position], [carried_from]] {
        /// Id.
        entry: String,
        /// Catalogue.
        catalogue: String,
        /// Organ.
        organ: String,
        /// Year of the catalogue.
        year: i64,
        /// Place in the list, from 0; for a dropped entry, in the last list that had it.
        position: i64,
        /// Number as printed.
        no: String,
        /// Name.
        title: String,
        /// Hearing.
        hearing: Option<bool>,
        /// `listed` or `dropped`.
        state: String,
        /// Whether a case came of it, or it is finished.
        started: bool,
        /// Whether it is finished.
        finished: bool,
        /// Whether it was reported as unfinished by the day for it.
        reported: bool,
        /// Last day for that report.
        report_by: Option<String>,
        /// The entry of an earlier catalogue that it goes on from.
        carried_from: Option<String>,
        /// The entry in full.
        entry_json: String,
        /// What became of it, in full.
        progress_json: String,
    }

    /// A tie between an entry and a case.
    CatalogueLinkRow in "catalogue_link_view" key [entry, case_id] indexes [[case_id]] {
        /// Entry.
        entry: String,
        /// Case.
        case_id: String,
        /// Catalogue.
        catalogue: String,
        /// Why they are tied.
        reason: String,
    }

    /// An organ and its directory.
    OrganRow in "organ_view" key [organ] indexes [[organisation]] {
        /// Organ.
        organ: String,
        /// Directory.
        organisation: String,
        /// Name.
        name: String,
    }

    /// A unit.
    UnitRow in "unit_view" key [unit] indexes [[organ]] {
        /// Id.
        unit: String,
        /// Organ.
        organ: String,
        /// Name.
        name: String,
        /// Kind.
        kind: String,
        /// First day.
        valid_from: String,
        /// First day no longer.
        valid_until: Option<String>,
    }

    /// A person.
    PersonRow in "person_view" key [person] indexes [[organ]] {
        /// Id.
        person: String,
        /// Organ of the directory.
        organ: String,
        /// Name.
        name: String,
    }

    /// A post.
    PostRow in "post_view" key [post] indexes [[unit]] {
        /// Id.
        post: String,
        /// Organ.
        organ: String,
        /// Unit.
        unit: String,
        /// Title.
        title: String,
        /// Kind.
        kind: String,
        /// Member of the executive meeting.
        member_of_body: bool,
        /// First day.
        valid_from: String,
    }

    /// Who held which post when, and since when that is known: both time axes, half-open.
    HoldingRow in "holding_view" key [event] indexes [[person, valid_from], [post, valid_from]] {
        /// Event that said so.
        event: String,
        /// Organ.
        organ: String,
        /// Person.
        person: String,
        /// Post.
        post: String,
        /// First day.
        valid_from: String,
        /// First day no longer, as known by this entry.
        valid_until: Option<String>,
        /// Since when it is known.
        known_from: i64,
    }

    /// A delegation.
    DelegationRow in "delegation_view" key [delegation] indexes [[agent], [principal]] {
        /// Id.
        delegation: String,
        /// Organ.
        organ: String,
        /// Who lets another act.
        principal: String,
        /// In which post.
        post: String,
        /// Who acts.
        agent: String,
        /// What they may do; empty list for all.
        verbs_json: String,
        /// First day.
        valid_from: String,
        /// First day no longer.
        valid_until: String,
    }

    /// A published definition.
    DefinitionRow in "definition_view" key [hash] indexes [[name, version]] {
        /// SHA-256 of its bytes.
        hash: String,
        /// Its stream.
        definition: String,
        /// Name.
        name: String,
        /// Version.
        version: i64,
        /// Title in Chinese.
        title_zh: String,
        /// Title in English.
        title_en: String,
        /// First day on which a case may be opened under it.
        valid_from: String,
        /// First day no longer.
        valid_to: Option<String>,
        /// The file.
        source: String,
        /// The proof certificate.
        certificate_json: String,
        /// When published.
        published_at: i64,
    }

    /// That an organ confirmed a value of a definition.
    ConfirmationRow in "confirmation_view" key [definition, n] indexes [[definition, organ]] {
        /// Hash of the definition.
        definition: String,
        /// Number of the event.
        n: i64,
        /// The organ that it binds.
        organ: String,
        /// The value.
        parameter: String,
        /// All of it.
        confirmation_json: String,
    }

    /// A decision as the public sees it.
    PublicDecisionRow in "public_decision" key [case_id] indexes [[organ, updated_at]] {
        /// Id, the permanent address.
        case_id: String,
        /// Organ.
        organ: String,
        /// Name of the matter.
        title: String,
        /// `consulting` or `published`.
        state: String,
        /// Document number, once published.
        document_no: Option<String>,
        /// Day of publication.
        published_on: Option<String>,
        /// How comments were taken up.
        adoption_account: Option<String>,
        /// Policy explanation.
        explanation: Option<String>,
        /// Documents released.
        documents_json: String,
        /// When this last changed.
        updated_at: i64,
    }

    /// A consultation as the public sees it.
    PublicConsultationRow in "public_consultation" key [consultation] indexes [[case_id], [closes_on]] {
        /// Id.
        consultation: String,
        /// Case.
        case_id: String,
        /// Organ.
        organ: String,
        /// Name of the matter.
        title: String,
        /// First day.
        opens_on: String,
        /// Last day, to its end.
        closes_on: String,
        /// Why it is shorter than usual.
        shortening_reason: Option<String>,
        /// Whom to ask.
        contact: String,
        /// Notice, draft and explanation.
        documents_json: String,
    }

    /// A comment's receipt: its sender finds it again by the code alone.
    PublicReceiptRow in "public_receipt" key [receipt] indexes [[comment_id]] {
        /// The random code.
        receipt: String,
        /// Comment.
        comment_id: String,
        /// Consultation.
        consultation: String,
        /// When it came.
        received_at: i64,
        /// Whether it was late.
        late: bool,
    }

    /// The answer that belongs to a receipt.
    PublicAnswerRow in "public_answer" key [comment_id] indexes [[consultation]] {
        /// Comment.
        comment_id: String,
        /// Consultation.
        consultation: String,
        /// How it was taken up.
        uptake: String,
        /// Why.
        reason: String,
        /// When.
        answered_at: i64,
    }

    /// A hearing as the public sees it.
    PublicHearingRow in "public_hearing" key [hearing] indexes [[case_id], [held_on]] {
        /// Id.
        hearing: String,
        /// Case.
        case_id: String,
        /// Organ.
        organ: String,
        /// Name of the matter.
        title: String,
        /// A word of `HearingState`.
        state: String,
        /// Day of the hearing.
        held_on: String,
        /// Last day of applications, where seats are drawn.
        applications_until: Option<String>,
        /// What is public of it.
        sheet_json: String,
        /// When this last changed.
        updated_at: i64,
    }

    /// The receipt of an application: its sender finds it again by the code alone.
    PublicApplicationRow in "public_hearing_application" key [receipt] indexes [[hearing]] {
        /// The random code.
        receipt: String,
        /// Hearing.
        hearing: String,
        /// Code under which it enters the draw.
        code: String,
        /// Group of seats.
        seat_group: String,
        /// When it came.
        received_at: i64,
    }

    /// Why an applicant was left out of the draw; told to whoever holds the receipt.
    PublicExclusionRow in "public_hearing_exclusion" key [hearing, code] indexes [] {
        /// Hearing.
        hearing: String,
        /// Code.
        code: String,
        /// Why.
        reason: String,
    }

    /// A document of the register of legal bases.
    LegalBasisRow in "legal_basis_view" key [organ, basis] indexes [[organ, name]] {
        /// Organ in whose register it stands.
        organ: String,
        /// Its key.
        basis: String,
        /// Name.
        name: String,
        /// Document number; empty where it has none.
        number: String,
        /// What it is.
        kind: String,
        /// Who issued it.
        issued_by: String,
        /// First day in force, where it is known.
        in_force_from: Option<String>,
        /// First day no longer in force.
        repealed_on: Option<String>,
        /// Key of what took its place.
        succeeded_by: Option<String>,
        /// What a reader must know.
        note: String,
    }

    /// A historical dossier.
    DossierRow in "dossier_view" key [dossier] indexes [[organ, entered_at], [organ, unexplained]] {
        /// Id.
        dossier: String,
        /// Organ in whose records it stands.
        organ: String,
        /// Name of the matter.
        title: String,
        /// Hash of the definition that it was held against.
        definition: String,
        /// How many departures were marked.
        departures: i64,
        /// How many of them nobody has explained.
        unexplained: i64,
        /// As entered.
        given_json: String,
        /// Departures with explanations.
        departures_json: String,
        /// When it was entered.
        entered_at: i64,
    }

    /// A proposal to decide.
    ProposalRow in "proposal_view" key [proposal] indexes [[organ, received_at], [handed_to, received_at], [proposing_unit], [organ, due_on]] {
        /// Id.
        proposal: String,
        /// Organ.
        organ: String,
        /// Who proposes.
        proposer: String,
        /// The unit that proposes.
        proposing_unit: Option<String>,
        /// The unit that studies it.
        handed_to: Option<String>,
        /// The matter.
        title: String,
        /// `received`, `under_study`, `studied`, `decided` or `answered`.
        state: String,
        /// What was decided last.
        outcome: Option<String>,
        /// When it came.
        received_on: String,
        /// Since when it waits for whoever is next.
        waiting_since: Option<String>,
        /// The next day that somebody set and that is still open.
        due_on: Option<String>,
        /// When it was recorded.
        received_at: i64,
        /// All of it.
        proposal_json: String,
    }

    /// A tie to a case or a catalogue entry.
    TieRow in "tie_view" key [source, target] indexes [[target]] {
        /// Id of the proposal, determination or engagement that is tied.
        source: String,
        /// Id of what it is tied to.
        target: String,
        /// `case` or `entry`.
        kind: String,
        /// Why.
        reason: String,
    }

    /// Whether a matter is a major decision, as determined last.
    DeterminationRow in "determination_view" key [determination] indexes [[organ, recorded_at]] {
        /// Id.
        determination: String,
        /// Organ.
        organ: String,
        /// Name of the matter, or the number of a secret one.
        title: String,
        /// Whether it is a major decision.
        major: bool,
        /// Its class.
        class: Option<String>,
        /// Why it is none.
        ground: Option<String>,
        /// When it was determined.
        determined_on: String,
        /// Whether a reader must know something of it.
        flagged: bool,
        /// Whether it is tied to a case.
        has_case: bool,
        /// When the first determination was recorded.
        recorded_at: i64,
        /// All of it.
        determination_json: String,
    }

    /// An accountability file.
    AccountabilityRow in "accountability_view" key [file] indexes [[organ, received_at], [organ, state, received_at], [subject]] {
        /// Id.
        file: String,
        /// Organ.
        organ: String,
        /// Where the clue came from.
        source: String,
        /// Number under which the clue is kept.
        reference: String,
        /// `case`, `entry` or `proposal`.
        subject_kind: String,
        /// Id of what it is about.
        subject: String,
        /// Where it stands.
        state: String,
        /// When the clue came.
        received_on: String,
        /// Whether loss or effect was recorded.
        harm: bool,
        /// The body to which it was handed last.
        handed_to: Option<String>,
        /// When the clue was recorded.
        received_at: i64,
        /// All of it.
        file_json: String,
    }

    /// A supervision notice.
    NoticeRow in "supervision_notice_view" key [notice] indexes [[organ, issued_at], [unit, issued_at], [case_id, issued_at], [organ, overdue, issued_at]] {
        /// Id.
        notice: String,
        /// Organ.
        organ: String,
        /// `advice` or `urging`.
        kind: String,
        /// Its number, as on paper.
        number: String,
        /// To which unit.
        unit: String,
        /// About which case.
        case_id: String,
        /// `open`, `answered` or `passed`.
        state: String,
        /// The last day.
        due_on: String,
        /// Whether that day passed without an answer.
        overdue: bool,
        /// When it was recorded.
        issued_at: i64,
        /// All of it.
        notice_json: String,
    }

    /// An inspection mandate.
    MandateRow in "inspection_mandate_view" key [mandate] indexes [[organ, entered_at]] {
        /// Id.
        mandate: String,
        /// Organ.
        organ: String,
        /// Name of the team.
        team: String,
        /// First day.
        from_on: String,
        /// Last day.
        until_on: String,
        /// Whether it was revoked.
        revoked: bool,
        /// When it was recorded.
        entered_at: i64,
        /// All of it.
        mandate_json: String,
    }

    /// A member of an inspection team.
    MandateMemberRow in "inspection_member_view" key [mandate, person] indexes [[person, until_on]] {
        /// Mandate.
        mandate: String,
        /// Who.
        person: String,
        /// Organ.
        organ: String,
        /// First day.
        from_on: String,
        /// Last day.
        until_on: String,
        /// Whether the mandate was revoked.
        revoked: bool,
    }

    /// A printed agenda.
    PrintedAgendaRow in "printed_agenda_view" key [agenda] indexes [[organ, imported_at], [meeting, imported_at]] {
        /// Id.
        agenda: String,
        /// Organ.
        organ: String,
        /// Session, as printed.
        session: String,
        /// Day of the meeting, where known to the day.
        held_on: Option<String>,
        /// How many items it has.
        items: i64,
        /// How many of them belong to nothing.
        unlinked: i64,
        /// The meeting that it is paired with.
        meeting: Option<String>,
        /// When it was taken over.
        imported_at: i64,
        /// What stands above the items.
        head_json: String,
    }

    /// An item of an agenda.
    PrintedItemRow in "printed_item_view" key [item] indexes [[agenda, position], [organ, linked, imported_at]] {
        /// Id.
        item: String,
        /// PrintedAgenda.
        agenda: String,
        /// Organ.
        organ: String,
        /// Its place, from 0.
        position: i64,
        /// Session, as printed.
        session: String,
        /// Title, or the number of a secret one.
        title: String,
        /// Whether the print does not have it.
        added: bool,
        /// Whether it belongs to a case or to a determination.
        linked: bool,
        /// When the agenda was taken over.
        imported_at: i64,
        /// All of it.
        item_json: String,
    }

    /// What an item of an agenda belongs to.
    PrintedItemTieRow in "printed_item_tie_view" key [item, target] indexes [[target]] {
        /// Item.
        item: String,
        /// Id of what it belongs to.
        target: String,
        /// `case` or `determination`.
        kind: String,
        /// Why.
        reason: String,
    }

    /// A legal adviser.
    AdviserRow in "adviser_view" key [adviser] indexes [[organ, retained_at]] {
        /// Id.
        adviser: String,
        /// Organ.
        organ: String,
        /// Name.
        name: String,
        /// `legal_adviser` or `government_lawyer`.
        kind: String,
        /// Last day on the roster.
        serves_until: Option<String>,
        /// When they were first put on it.
        retained_at: i64,
        /// All of it.
        adviser_json: String,
    }

    /// An engagement of a legal adviser.
    EngagementRow in "engagement_view" key [engagement] indexes [[organ, asked_at], [adviser, asked_on], [case_id, asked_at], [by_unit, asked_at], [person, asked_at]] {
        /// Id.
        engagement: String,
        /// Organ.
        organ: String,
        /// Adviser.
        adviser: String,
        /// Account of the adviser.
        person: Option<String>,
        /// The unit that asked.
        by_unit: String,
        /// Case.
        case_id: Option<String>,
        /// `asked`, `advised`, `disposed` or `declined`.
        state: String,
        /// How the opinion was taken up.
        uptake: Option<String>,
        /// When the adviser was asked.
        asked_on: String,
        /// By when an opinion is asked for, while there is none.
        due_on: Option<String>,
        /// When it was recorded.
        asked_at: i64,
        /// All of it.
        engagement_json: String,
    }

    /// A receipt of a proposal: its sender finds it again by the code alone.
    PublicProposalReceiptRow in "public_proposal_receipt" key [receipt] indexes [[proposal]] {
        /// The random code.
        receipt: String,
        /// Proposal.
        proposal: String,
    }

    /// A proposal as whoever holds its receipt sees it.
    PublicProposalRow in "public_proposal" key [proposal] indexes [[state]] {
        /// Id.
        proposal: String,
        /// The matter, as given.
        title: String,
        /// When it came.
        received_on: String,
        /// Where it stands.
        state: String,
        /// What was decided; told with the answer.
        outcome: Option<String>,
        /// Which other procedure.
        procedure: Option<String>,
        /// The answer.
        answer: Option<String>,
        /// When it was answered.
        answered_on: Option<String>,
    }

    /// A meeting of the deciding body.
    MeetingRow in "meeting_view" key [meeting] indexes [[organ, held_on], [organ, state, held_on]] {
        /// Id.
        meeting: String,
        /// Organ.
        organ: String,
        /// Name of the session.
        session: String,
        /// Day of the meeting.
        held_on: String,
        /// `called`, `held`, `called_off`, or `closed` once the minutes are issued.
        state: String,
        /// How many matters are on the agenda.
        items: i64,
        /// How many of them still wait for a decision or a signed record.
        open_items: i64,
        /// The meeting.
        meeting_json: String,
        /// Number of the last event.
        n: i64,
    }

    /// A matter on the agenda of a meeting.
    MeetingItemRow in "meeting_item" key [meeting, case_id] indexes [[case_id, held_on]] {
        /// Meeting.
        meeting: String,
        /// Case.
        case_id: String,
        /// Its place on the agenda, from 1.
        no: i64,
        /// Name of the matter.
        title: String,
        /// Name of the session.
        session: String,
        /// Day of the meeting.
        held_on: String,
        /// What became of it.
        state: String,
        /// What the head decided.
        outcome: Option<String>,
    }

    /// What the log has on record about itself.
    LogNoteRow in "log_note_view" key [note] indexes [[recorded_at], [kind, recorded_at]] {
        /// Id.
        note: String,
        /// Kind of the event.
        kind: String,
        /// What it says.
        said_json: String,
        /// When it was recorded.
        recorded_at: i64,
    }

    /// The stub of a secret matter. No column holds content, and no public table has a row for it.
    SecretStubRow in "secret_stub_view" key [stub] indexes [[organ, entered_at]] {
        /// Id.
        stub: String,
        /// Organ.
        organ: String,
        /// Number under which the unit that holds the matter keeps it.
        number: String,
        /// Level.
        level: String,
        /// Unit that classified it.
        classified_by: String,
        /// Item of the list of what is secret.
        basis: String,
        /// Day of the classification.
        classified_on: String,
        /// Day on which the secrecy ends.
        secret_until: Option<String>,
        /// Unit that holds the matter.
        unit: String,
        /// Steps done offline, with their days.
        steps_json: String,
        /// How it ended.
        outcome: Option<String>,
        /// When.
        ended_on: Option<String>,
        /// When it was entered.
        entered_at: i64,
    }

    /// An entry of the register of erasures.
    ErasureRow in "erasure_view" key [erasure] indexes [[organ, requested_at], [organ, state, requested_at]] {
        /// Id.
        erasure: String,
        /// Organ.
        organ: String,
        /// The stream that holds the body.
        stream: String,
        /// Id of the comment, application or proposal.
        subject: String,
        /// Where the latest request stands.
        state: String,
        /// When the first request was recorded.
        requested_at: i64,
        /// When the last event was recorded.
        updated_at: i64,
        /// The whole of it.
        erasure_json: String,
    }

    /// That something of a comment, an application or a proposal was erased.
    ErasedRow in "erased_view" key [subject] indexes [[stream]] {
        /// Id of the comment, application or proposal.
        subject: String,
        /// The stream that held it.
        stream: String,
        /// What of it, until now.
        parts_json: String,
        /// On which ground, the last time.
        ground: String,
        /// The article.
        article: String,
        /// The entry of the register.
        erasure: String,
        /// When it was recorded, the last time.
        erased_at: i64,
    }

    /// A catalogue as published: the version in force.
    PublicCatalogueRow in "public_catalogue" key [catalogue] indexes [[organ, year]] {
        /// Id.
        catalogue: String,
        /// Organ.
        organ: String,
        /// `decision_catalogue` or `hearing_catalogue`.
        kind: String,
        /// Year.
        year: i64,
        /// Batch of the year, from 1.
        batch: i64,
        /// Title.
        title: String,
        /// Number of the version in force.
        version: i64,
        /// Whose it is, as a print says; absent for the organ itself.
        printed_organ: Option<String>,
        /// Day of publication, as a print says it.
        printed_published: Option<String>,
    }

    /// A version of a catalogue as published.
    PublicCatalogueVersionRow in "public_catalogue_version" key [catalogue, number] indexes [[catalogue]] {
        /// Catalogue.
        catalogue: String,
        /// Its number, from 1.
        number: i64,
        /// Document number.
        doc_no: Option<String>,
        /// Day of publication, where known to the day.
        published_on: Option<String>,
        /// Why it replaced the version before; empty for the first.
        reason: String,
        /// What a reader must know: missing consents.
        flags_json: String,
        /// Entries.
        entries_json: String,
    }
}

use dingce_domain::file::CaseUnits;
use dingce_domain::id::IdError;

use crate::ports::{ReadRow, Table};

impl CaseRow {
    /// The units that the case names.
    ///
    /// # Errors
    /// Where the row holds no ids: it is damaged.
    pub fn units(&self) -> Result<CaseUnits, IdError> {
        Ok(CaseUnits {
            undertaking: self.undertaking_unit.parse()?,
            executing: self.executing_unit.as_deref().map(str::parse).transpose()?,
            evaluating: self.evaluating_unit.as_deref().map(str::parse).transpose()?,
        })
    }
}

/// Every read table, in a fixed order.
pub const TABLES: &[&Table] = &[
    CaseRow::TABLE,
    DraftRow::TABLE,
    OpinionRow::TABLE,
    DraftingRow::TABLE,
    LegalityRow::TABLE,
    DocumentRow::TABLE,
    ClockRow::TABLE,
    ClockEventRow::TABLE,
    HoldRow::TABLE,
    PositionRow::TABLE,
    ExpertSeatRow::TABLE,
    IrregularityRow::TABLE,
    ConsultationRow::TABLE,
    CommentRow::TABLE,
    CommentAnswerRow::TABLE,
    HearingRow::TABLE,
    HearingIntakeRow::TABLE,
    HearingApplicationRow::TABLE,
    CatalogueRow::TABLE,
    CatalogueVersionRow::TABLE,
    EntryRow::TABLE,
    CatalogueLinkRow::TABLE,
    OrganRow::TABLE,
    UnitRow::TABLE,
    PersonRow::TABLE,
    PostRow::TABLE,
    HoldingRow::TABLE,
    DelegationRow::TABLE,
    DefinitionRow::TABLE,
    ConfirmationRow::TABLE,
    LegalBasisRow::TABLE,
    DossierRow::TABLE,
    ProposalRow::TABLE,
    TieRow::TABLE,
    DeterminationRow::TABLE,
    AccountabilityRow::TABLE,
    NoticeRow::TABLE,
    MandateRow::TABLE,
    MandateMemberRow::TABLE,
    PrintedAgendaRow::TABLE,
    PrintedItemRow::TABLE,
    PrintedItemTieRow::TABLE,
    AdviserRow::TABLE,
    EngagementRow::TABLE,
    PublicProposalReceiptRow::TABLE,
    PublicProposalRow::TABLE,
    SecretStubRow::TABLE,
    LogNoteRow::TABLE,
    ErasureRow::TABLE,
    ErasedRow::TABLE,
    MeetingRow::TABLE,
    MeetingItemRow::TABLE,
    PublicDecisionRow::TABLE,
    PublicConsultationRow::TABLE,
    PublicReceiptRow::TABLE,
    PublicAnswerRow::TABLE,
    PublicHearingRow::TABLE,
    PublicApplicationRow::TABLE,
    PublicExclusionRow::TABLE,
    PublicCatalogueRow::TABLE,
    PublicCatalogueVersionRow::TABLE,
];
