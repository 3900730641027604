package assets

// The life cycle of an asset (设施生命周期): planned, in service, removed. Its
// steps are verbs with a date; nobody writes the status itself.

// Install puts a planned asset into service on a day (2006-01-02).
func (a *Asset) Install(on string) error {
	if a.Status != StatusPlanned {
		return a.wrongStep("安装", "installed")
	}
	if err := checkDay(on, ""); err != nil {
		return err
	}
	a.Status, a.InstalledOn = StatusInService, on
	return nil
}

// Remove takes an asset out of the street on a day. Its record stays.
func (a *Asset) Remove(on string) error {
	if a.Status == StatusRemoved {
		return a.wrongStep("拆除", "removed")
	}
	if err := checkDay(on, a.InstalledOn); err != nil {
		return err
	}
	a.Status, a.RemovedOn = StatusRemoved, on
	return nil
}

// Restore puts a removed asset back into service on a day. What replaced it is
// forgotten here, and stands in its own record.
func (a *Asset) Restore(on string) error {
	if a.Status != StatusRemoved {
		return a.wrongStep("恢复", "restored")
	}
	if err := checkDay(on, a.RemovedOn); err != nil {
		return err
	}
	a.Status, a.RemovedOn, a.ReplacedBy = StatusInService, "", nil
	return nil
}

func (a *Asset) wrongStep(zh, en string) error {
	return Errorf(Conflict, "status", "状态为 %[1]s 的设施不能%[2]s", "an asset whose status is %[1]s cannot be %[3]s", a.Status, zh, en)
}

// checkDay demands a day, not before another one.
func checkDay(on, earliest string) error {
	if !isDate(on) {
		return Errorf(Invalid, "on", "应为 2024-05-01 这样的日期", "must be a date such as 2024-05-01")
	}
	if on < earliest {
		return Errorf(Invalid, "on", "早于 %s", "is before %s", earliest)
	}
	return nil
}

// CheckDay demands the day of a step of the life cycle.
func CheckDay(on string) error { return checkDay(on, "") }
