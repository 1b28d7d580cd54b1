package evaluation

import (
	"math"
	"math/big"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// Figures over several visits. All scores and means here are shares of one: 0.85 is shown as 85 %.

const (
	// fewestForMean is the number of visits below which no average is claimed: there are only single results.
	fewestForMean = 3
	// fewestForOwnSpread is the number of visits from which a branch's own standard deviation is trusted; below it
	// the standard deviation is pooled over our branches.
	fewestForOwnSpread = 12
	// confidence is the quantile that leaves 2.5 % on either side: every interval here is one of 95 %.
	confidence = 0.975
)

// ScoreSums are what the mean and the spread of any number of scores can be calculated from. Scores are in millionths, so
// that sums are exact and can be added and taken back.
type ScoreSums struct {
	N       int64 // how many scores
	Total   int64 // Σ
	Squares int64 // Σ of the squares
}

// Spread is how far single visits lie apart.
type Spread struct {
	S                float64 // the standard deviation
	DegreesOfFreedom int64   // how much it rests on; with 0 there is no spread to speak of
}

// meanOf is the mean of the scores, exact: each visit counts the same, however many points could be had in it.
// It needs at least one score.
func meanOf(scores []*big.Rat) *big.Rat {
	var sum ratSum
	for _, score := range scores {
		sum.add(score)
	}
	return new(big.Rat).Quo(sum.total(), big.NewRat(int64(len(scores)), 1))
}

// ratSum adds up many fractions. Where their denominators differ, that of the sum grows with every one, and so does the
// work of adding the next: two thousand took seconds. So those are added first that are sums of equally many.
type ratSum struct {
	n     int
	parts []*big.Rat // the sums of as many fractions as each bit of n stands for, the highest first
}

// add takes one fraction in, which must not be changed afterwards.
func (s *ratSum) add(x *big.Rat) {
	for bits := s.n; bits&1 == 1; bits >>= 1 {
		last := len(s.parts) - 1
		x, s.parts = new(big.Rat).Add(s.parts[last], x), s.parts[:last]
	}
	s.n, s.parts = s.n+1, append(s.parts, x)
}

// total is the sum; 0 of nothing.
func (s *ratSum) total() *big.Rat {
	sum := new(big.Rat)
	for _, part := range slices.Backward(s.parts) {
		sum.Add(sum, part)
	}
	return sum
}

// ownSpread is the standard deviation of these scores, with n − 1 degrees of freedom.
func ownSpread(scores []*big.Rat) Spread {
	if len(scores) < 2 {
		return Spread{}
	}
	// Σ(x − mean)² is Σx² − n · mean², of which each square has a small denominator.
	var squares ratSum
	for _, score := range scores {
		squares.add(new(big.Rat).Mul(score, score))
	}
	mean := meanOf(scores)
	rest := mean.Mul(mean, mean)
	rest.Mul(rest, big.NewRat(int64(len(scores)), 1))
	around, _ := rest.Sub(squares.total(), rest).Float64()
	return spread(around, int64(len(scores)-1))
}

// pooledSpread is the standard deviation around each branch's own mean: s² = Σ Σ(x − mean of its branch)² ÷ Σ(n − 1),
// over the branches with at least two visits. Branches may differ in level without adding to it.
func pooledSpread(branches []ScoreSums) Spread {
	squares, df := 0.0, int64(0)
	for _, b := range branches {
		if b.N >= 2 {
			squares += b.aroundMean()
			df += b.N - 1
		}
	}
	return spread(squares/(float64(one)*float64(one)), df)
}

// aroundMean is Σ(x − mean)², in millionths squared; it needs at least one score. As Σx² − (Σx)² ÷ n it would lose its
// digits in floating point and overflow in integers. With Σx = q·n + r the same is Σx² − q·(Σx + r) − r² ÷ n, where all
// but the last term is exact, and that one less than n.
func (s ScoreSums) aroundMean() float64 {
	q, r := s.Total/s.N, s.Total%s.N
	return float64(s.Squares-q*(s.Total+r)) - float64(r)*float64(r)/float64(s.N)
}

// spread is the standard deviation of these squares of deviations.
func spread(squares float64, df int64) Spread {
	if df < 1 {
		return Spread{}
	}
	return Spread{S: math.Sqrt(squares / float64(df)), DegreesOfFreedom: df}
}

// margin is half the width of the 95 % interval around the mean of n visits: t · s ÷ √n. The spread must have a degree
// of freedom.
func (s Spread) margin(n int) float64 { return s.t() * s.S / math.Sqrt(float64(n)) }

// differs is true when two means lie so far apart that chance alone is no good explanation:
// |m₁ − m₀| > t · s · √(1/n₁ + 1/n₀). Nothing is called different that rests on fewer than three visits, or where the
// spread is unknown.
func (s Spread) differs(mean float64, n int, before float64, nBefore int) bool {
	return n >= fewestForMean && nBefore >= fewestForMean && s.DegreesOfFreedom > 0 &&
		math.Abs(mean-before) > s.marginOfDifference(n, nBefore)
}

func (s Spread) marginOfDifference(n, nBefore int) float64 {
	return s.t() * s.S * math.Sqrt(1/float64(n)+1/float64(nBefore))
}

func (s Spread) t() float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(s.DegreesOfFreedom)}.Quantile(confidence)
}

// interval is mean ± margin, cut at 0 and 1. A mean that a bonus lifted above 1 stays inside its interval.
func interval(mean, margin float64) (low, high float64) {
	return max(mean-margin, 0), max(min(mean+margin, 1), mean)
}

// wilson is Wilson's 95 % interval of the share k of n; n must be at least 1.
func wilson(k, n int) (low, high float64) {
	z := distuv.UnitNormal.Quantile(confidence)
	share, size := float64(k)/float64(n), float64(n)
	centre := share + z*z/(2*size)
	margin := z * math.Sqrt(share*(1-share)/size+z*z/(4*size*size))
	low, high = (centre-margin)/(1+z*z/size), (centre+margin)/(1+z*z/size)
	return max(low, 0), min(high, 1)
}
