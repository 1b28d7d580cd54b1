package evaluation

import (
	"math"

	"fieldcare/internal/photo"
)

// Position is a place on earth in degrees (WGS 84), kept to the millionth.
type Position struct {
	Lat      float64 `json:"lat" minimum:"-90" maximum:"90"`
	Lon      float64 `json:"lon" minimum:"-180" maximum:"180"`
	Accuracy float64 `json:"accuracy,omitempty" minimum:"0" doc:"Metres around it within which it was measured"`
}

const positionWanted = "must be a latitude from -90 to 90 and a longitude from -180 to 180"

// onEarth is false of what is no place: not a number, or out of the range of degrees.
func (p *Position) onEarth() bool {
	return p.Lat >= -90 && p.Lat <= 90 && p.Lon >= -180 && p.Lon <= 180
}

func (p *Position) millionths() (lat, lon *int64) {
	if p == nil {
		return nil, nil
	}
	a, o := int64(math.Round(p.Lat*1e6)), int64(math.Round(p.Lon*1e6))
	return &a, &o
}

func positionOf(lat, lon *int64) *Position {
	if lat == nil || lon == nil {
		return nil
	}
	return &Position{Lat: float64(*lat) / 1e6, Lon: float64(*lon) / 1e6}
}

// placeOf is where a photo claims to have been taken; nil of one that claims nothing.
func placeOf(p *photo.Position) *Position {
	if p == nil {
		return nil
	}
	return &Position{Lat: p.Lat, Lon: p.Lon}
}

// metres is the great-circle distance by the haversine formula on a sphere of the earth's mean radius.
func metres(a, b Position) float64 {
	const radius, degree = 6_371_008.8, math.Pi / 180
	dLat, dLon := (b.Lat-a.Lat)*degree, (b.Lon-a.Lon)*degree
	h := math.Pow(math.Sin(dLat/2), 2) + math.Cos(a.Lat*degree)*math.Cos(b.Lat*degree)*math.Pow(math.Sin(dLon/2), 2)
	return 2 * radius * math.Asin(math.Min(1, math.Sqrt(h)))
}
