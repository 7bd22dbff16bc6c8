//! Soundness: everything can end, nothing hangs, nothing is written in vain.

use dingce_domain::control::{Ending, Evaluation, Execution};
use dingce_domain::stage::begun;
use dingce_domain::verb::Verb;
use dingce_domain::words::{StageKind, Status, Volume};

use super::{Explored, State};
use crate::problem::say;

impl Explored<'_> {
    /// Proves soundness over the whole graph.
    pub(super) fn sound(&mut self) {
        let back = self.backwards();
        self.ends(&back);
        self.joins(&back);
        self.orphans(&back);
        self.lively();
    }

    fn backwards(&self) -> Vec<Vec<u32>> {
        let mut back = vec![Vec::new(); self.states.len()];
        for (from, next) in self.next.iter().enumerate() {
            for to in next {
                back[*to as usize].push(u32::try_from(from).unwrap_or(u32::MAX));
            }
        }
        back
    }

    /// For each state whether one of the wanted ones can be reached from it.
    fn reaching(&self, back: &[Vec<u32>], wanted: impl Fn(&State) -> bool) -> Vec<bool> {
        let mut reaching: Vec<bool> = self.states.iter().map(wanted).collect();
        let mut open: Vec<u32> = (0u32..).zip(&reaching).filter(|(_, r)| **r).map(|(i, _)| i).collect();
        while let Some(here) = open.pop() {
            for from in &back[here as usize] {
                if !std::mem::replace(&mut reaching[*from as usize], true) {
                    open.push(*from);
                }
            }
        }
        reaching
    }

    fn first_stuck(&self, reaching: &[bool], concerned: impl Fn(&State) -> bool) -> Option<u32> {
        (0u32..).zip(self.states.iter().zip(reaching)).find(|(_, (s, r))| !**r && concerned(s)).map(|(i, _)| i)
    }

    fn ends(&mut self, back: &[Vec<u32>]) {
        let reaching = self.reaching(back, |s| {
            let begun = |volume| begun(self.space.def, &s.control, volume);
            let carried_out = s.control.execution() != Execution::NotBegun || begun(Volume::Execution);
            let evaluated = s.control.evaluation() != Evaluation::None || begun(Volume::Evaluation);
            s.control.ending == Ending::Closed
                && (!carried_out || s.control.closed(Volume::Execution))
                && (!evaluated || s.control.closed(Volume::Evaluation))
        });
        if let Some(stuck) = self.first_stuck(&reaching, |_| true) {
            let text = say("有的状态永远无法结案封卷。", "There is a state from which the case can never end.");
            let story = self.story(stuck);
            self.violate("P-END", text, "design", story);
        }
    }

    /// A running case can always still be issued: no join waits for what can no longer come.
    fn joins(&mut self, back: &[Vec<u32>]) {
        if self.space.def.positions(StageKind::Issuance).next().is_none() {
            return;
        }
        let issued =
            |s: &State| s.control.stages.iter().any(|t| t.kind == StageKind::Issuance && t.status == Status::Completed);
        let reaching = self.reaching(back, issued);
        let running = |s: &State| s.control.ending == Ending::Running && !issued(s);
        if let Some(stuck) = self.first_stuck(&reaching, running) {
            let text = say(
                "有的状态只能终止，无法再走到印发。",
                "There is a state from which the decision can never be issued any more.",
            );
            let story = self.story(stuck);
            self.violate("P-JOIN", text, "design", story);
        }
    }

    /// A round that a new version overtook can still finish.
    fn orphans(&mut self, back: &[Vec<u32>]) {
        for at in 0..self.space.def.stages.len() {
            let orphan = |s: &State| {
                let stage = &s.control.stages[at];
                stage.status == Status::Active && !stage.on_current_draft
            };
            let finished = |s: &State| s.control.ending == Ending::Running && !orphan(s);
            let reaching = self.reaching(back, finished);
            if let Some(stuck) = self.first_stuck(&reaching, |s| s.control.ending == Ending::Running && orphan(s)) {
                let text = say("旧稿上的一轮程序永远无法结束。", "A round on an earlier draft can never finish.");
                let story = self.story(stuck);
                self.violate("P-ORPHAN", text, "design", story);
            }
        }
    }

    fn lively(&mut self) {
        let def = self.space.def;
        for (at, seen) in self.completed.clone().into_iter().enumerate() {
            if !seen {
                let id = &def.stages[at].id;
                let text = say(format!("{id} 阶段永远无法完成。"), format!("The stage `{id}` can never be completed."));
                self.violate("P-DEAD-STAGE", text, "design", Vec::new());
            }
        }
        // What may be left out after the decision is looked at by `P-END`.
        let before = |kind| kind != StageKind::Publication && def.positions(StageKind::Issuance).next().is_some();
        for (at, seen) in self.left_out.clone().into_iter().enumerate() {
            let stage = &def.stages[at];
            if stage.absent_if.is_some() && before(stage.kind) && !seen {
                let id = &stage.id;
                let text = say(
                    format!("{id} 阶段可以省略，但省略后永远无法印发。"),
                    format!("The stage `{id}` may be left out, but then nothing can ever be issued."),
                );
                self.violate("P-DEAD-ABSENCE", text, "design", Vec::new());
            }
        }
        for verb in def.roles.iter().flat_map(|r| r.verbs.iter().copied()) {
            if verb != Verb::OpenCase && !self.permitted.contains(&verb) {
                let text = say(format!("{verb} 永远不被允许。"), format!("`{verb}` is granted but never permitted."));
                self.violate("P-DEAD-VERB", text, "design", Vec::new());
            }
        }
        for outcome in &def.outcomes {
            if !self.outcomes.contains(outcome) {
                let text =
                    say(format!("{outcome} 永远不会发生。"), format!("The outcome `{outcome}` can never come about."));
                self.violate("P-OUTCOME", text, "design", Vec::new());
            }
        }
    }
}
