"""The words of the storyboard page, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from nightshoot.domain.film import Ending, Shortage
from nightshoot.domain.remedy import RemedyKind
from nightshoot.domain.vocabulary import Locale

WORDS: Mapping[Locale, Mapping[str, str]] = {
    Locale.ZH: {
        "shots": "镜头", "shot": "镜头 {}", "takes": "条", "rejected": "条被退回",
        "flagged": "待复核", "to_look_at": "请复核以下镜头",
        "approved_by_person": "条由人批准", "seconds": "秒", "film": "成片",
        "take": "第 {} 条", "prompt": "提示词", "seed": "种子", "more": "提示词与种子",
        "at_least": "至少", "at_most": "至多",
        "advice": "给下一条的意见",
        "other image": "备用画面", "other video": "备用摄影",
        "writer": "编剧", "image": "画面", "video": "摄影", "voice": "配音", "music": "音乐",
        "film_review": "成片质检", "passed": "合格", "failed": "不合格",
        "not_judged": "未判定", "not_judged_film": "全片未判定 {} 项", "not_judged_take":
        "另有 {} 项未判定",
        "all_measures": "全部测量：{good} 项合格", "some_bad": "，{bad} 项不合格",
        "of_keyframe": "关键帧", "of_take": "成条",
        "state_used": "采用", "state_rejected": "退回", "state_flagged": "暂用，待复核",
        "state_approved": "人工批准，采用", "state_turned_down": "人工退回",
        "state_unfilmed": "关键帧退回，未拍摄", "state_failed": "没有拍成",
        "state_unused": "合格，未采用",
        "state_overruled": "人工批准",
        "says_approved": "批准", "says_rejected": "退回", "ruled": "人工裁定",
        "ruled_over": "评审原判不合格，以人为准",
        "frame": "第 {frame} 帧 · {time} 秒", "whole": "全条", "see_keyframe": "见关键帧",
        "keyframe": "关键帧", "kept": "沿用第 {} 条的关键帧",
        "changed": "本条改动", "for": "针对", "painted_by": "绘制", "filmed_by": "拍摄",
        "candidates": "关键帧候选 {} 张", "chosen": "选用", "ended": "收场",
        "show_all": "全部", "show_flagged": "待复核", "show_again": "重拍过",
        "show": "显示", "none_flagged": "没有待复核的镜头。", "none_again": "没有重拍过的镜头。",
        "how_to_read": "竖线是门槛：圆点在右为合格，越靠右余量越大；在左为不合格。",
        "notes": "说明", "sentence": "：", "join": "、",
        "comma": "，",
        "stop": "；", "unnamed": "未署名", "frame_of": "定罪画面", "cost": "花费",
    },
    Locale.EN: {
        "shots": "shots", "shot": "shot {}", "takes": "takes", "rejected": "rejected",
        "flagged": "needs a look", "to_look_at": "Please look at these shots",
        "approved_by_person": "approved by a person", "seconds": "s", "film": "Film",
        "take": "take {}", "prompt": "Prompt", "seed": "seed", "more": "Prompt and seed",
        "at_least": "at least", "at_most": "at most",
        "advice": "For the next take",
        "other image": "other pictures", "other video": "other camera",
        "writer": "writer", "image": "pictures", "video": "camera", "voice": "voices",
        "music": "music",
        "film_review": "The film's measures", "passed": "passed", "failed": "failed",
        "not_judged": "not judged", "not_judged_film": "{} not judged in the whole film",
        "not_judged_take": "{} more not judged",
        "all_measures": "All measures: {good} good", "some_bad": ", {bad} bad",
        "of_keyframe": "Keyframe", "of_take": "Take",
        "state_used": "in the film", "state_rejected": "rejected",
        "state_flagged": "in the film, needs a look",
        "state_approved": "in the film, approved by a person",
        "state_turned_down": "rejected by a person",
        "state_unfilmed": "keyframe rejected, not filmed", "state_failed": "nothing came of it",
        "state_unused": "good, not used",
        "state_overruled": "approved by a person",
        "says_approved": "approved", "says_rejected": "rejected", "ruled": "A person's ruling",
        "ruled_over": "the critic had rejected it; the person's word holds",
        "frame": "frame {frame} · {time} s", "whole": "the whole take",
        "see_keyframe": "see the keyframe",
        "keyframe": "keyframe", "kept": "filmed from the keyframe of take {}",
        "changed": "Changed", "for": "answers", "painted_by": "painted by",
        "filmed_by": "filmed by",
        "candidates": "{} keyframes to choose from", "chosen": "chosen", "ended": "Ended",
        "show_all": "all", "show_flagged": "needs a look", "show_again": "shot again",
        "show": "Show", "none_flagged": "No shot needs a look.",
        "none_again": "No shot was taken again.",
        "how_to_read": "The line is the threshold: a dot on its right is good, and the farther "
        "the safer; on its left is bad.",
        "notes": "Notes", "sentence": ": ",
        "join": ", ", "comma": ", ",
        "stop": "; ", "unnamed": "unnamed", "frame_of": "The frame that convicts",
        "cost": "cost",
    },
}  # fmt: skip

REMEDIES: Mapping[Locale, Mapping[RemedyKind, str]] = {
    Locale.ZH: {
        RemedyKind.NEW_SEED: "换种子",
        RemedyKind.REWORDED: "改写提示词",
        RemedyKind.GENTLER: "运镜减弱",
        RemedyKind.STRONGER: "运镜加强",
        RemedyKind.SIMPLER: "画面从简",
        RemedyKind.OTHER_PAINTER: "换画师",
        RemedyKind.OTHER_CAMERA: "换摄影",
        RemedyKind.PLAINLY: "从简拍摄",
    },
    Locale.EN: {
        RemedyKind.NEW_SEED: "another seed",
        RemedyKind.REWORDED: "reworded",
        RemedyKind.GENTLER: "gentler move",
        RemedyKind.STRONGER: "stronger move",
        RemedyKind.SIMPLER: "simpler staging",
        RemedyKind.OTHER_PAINTER: "another painter",
        RemedyKind.OTHER_CAMERA: "another camera",
        RemedyKind.PLAINLY: "filmed plainly",
    },
}

ENDINGS: Mapping[Locale, Mapping[Ending, str]] = {
    Locale.ZH: {
        Ending.PASSED: "一条合格，即止",
        Ending.APPROVED: "由人批准",
        Ending.TAKES: "条数用尽",
        Ending.NO_BETTER: "重拍不再见好",
        Ending.MONEY: "再拍一条会超出预算",
        Ending.GPU_TIME: "再拍一条会超出显卡时限",
        Ending.TIME: "再拍一条会超出时限",
        Ending.NO_REMEDY: "能改的都试过了",
        Ending.CAMERA: "没有摄影拍成，由从简摄影代拍",
        Ending.FAILED: "重拍时后端没有应答",
    },
    Locale.EN: {
        Ending.PASSED: "a take passed",
        Ending.APPROVED: "a person approved it",
        Ending.TAKES: "the takes were used up",
        Ending.NO_BETTER: "more takes were no better",
        Ending.MONEY: "another take would pass the budget",
        Ending.GPU_TIME: "another take would pass the limit of GPU time",
        Ending.TIME: "another take would pass the time limit",
        Ending.NO_REMEDY: "every change that could help was tried",
        Ending.CAMERA: "no camera gave a take; the plain camera stands in",
        Ending.FAILED: "another take could not be made: its backend did not answer",
    },
}

PLAINLY: Mapping[Locale, Mapping[Shortage, str]] = {
    Locale.ZH: {
        Shortage.MONEY: "从简拍摄：预算不足",
        Shortage.GPU_TIME: "从简拍摄：显卡时间不足",
        Shortage.TAKES: "从简拍摄：条数不足",
        Shortage.TIME: "从简拍摄：时间不足",
        Shortage.CAMERA: "从简拍摄：没有摄影拍成",
    },
    Locale.EN: {
        Shortage.MONEY: "filmed plainly: too little money",
        Shortage.GPU_TIME: "filmed plainly: too little GPU time",
        Shortage.TAKES: "filmed plainly: too few takes",
        Shortage.TIME: "filmed plainly: too little time",
        Shortage.CAMERA: "filmed plainly: no camera gave a take",
    },
}
"""Why the plain camera filmed a shot instead of the one that the film was ordered with."""
