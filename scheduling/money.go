package scheduling

// Money is an amount in minor units of a currency (ISO 4217).
type Money struct {
	Amount   int64  `json:"amount" doc:"In minor units: 1250 is 12.50 EUR" example:"1250"`
	Currency string `json:"currency" example:"EUR"`
}

// mostMoney keeps every sum of amounts far from overflow.
const mostMoney = 1_000_000_000_00

// money refuses an amount that is negative or too large, and a currency that there is not.
func (l *faultList) money(pointer string, m Money) {
	l.whole(pointer+"/amount", m.Amount, 0, mostMoney)
	if !isCurrency(m.Currency) {
		l.refuse(pointer+"/currency", "must be the ISO 4217 code of a currency, such as EUR")
	}
}
